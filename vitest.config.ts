import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests run from source: siblings resolve through the "leyenda-source" condition of their package.json.
  resolve: { conditions: ["leyenda-source"] },
  ssr: { resolve: { conditions: ["leyenda-source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
  },
});
