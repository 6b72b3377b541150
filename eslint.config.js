import nx from "@nx/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/fixtures/**", "data/**", ".nx/**", "vitest.config.ts"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { "@nx": nx },
    languageOptions: {
      parserOptions: {
        project: [
          "packages/*/tsconfig.test.json",
          "tools/*/tsconfig.test.json",
          "tools/bench/*/tsconfig.test.json",
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // Numbers in messages read well as they are.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@nx/enforce-module-boundaries": [
        "error",
        {
          enforceBuildableLibDependency: false,
          // A stage never imports a stage: they meet in parts on disk, so each can be run, replaced and scaled alone.
          depConstraints: [
            { sourceTag: "kernel", onlyDependOnLibsWithTags: ["kernel"] },
            { sourceTag: "model", onlyDependOnLibsWithTags: ["kernel", "model"] },
            { sourceTag: "stage", onlyDependOnLibsWithTags: ["kernel", "model"] },
            // It reads what the stages have written, shards with the reader that they come with.
            // Its pages share a server's guards and their looks.
            { sourceTag: "viewer", onlyDependOnLibsWithTags: ["kernel", "model", "stage", "viewer"] },
            // It is given the stages, and knows none of them.
            { sourceTag: "engine", onlyDependOnLibsWithTags: ["kernel", "viewer"] },
            { sourceTag: "cli", onlyDependOnLibsWithTags: ["kernel", "model", "stage", "viewer", "engine"] },
            { sourceTag: "tool", onlyDependOnLibsWithTags: ["*"] },
          ],
        },
      ],
    },
  },
);
