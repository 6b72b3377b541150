import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const packages = (await readdir(join(root, "packages"))).sort();

let folder: string;
const tarballs = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-pack-"));
  for (const name of packages) {
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], {
      cwd: join(root, "packages", name),
    });
    const packed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
    const [first] = Object.values(packed);
    tarballs.set(name, join(folder, first?.filename ?? expect.fail(`nothing was packed for ${name}`)));
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packages", () => {
  it.each(packages)("%s passes publint and attw", { timeout: 120_000 }, async (name) => {
    const tarball = tarballs.get(name) ?? "";
    await run("npx", ["publint", "run", tarball, "--strict"], { cwd: root });
    await run("npx", ["attw", tarball, "--profile", "esm-only"], { cwd: root });
  });

  it("work when their tarballs are installed into an empty project", { timeout: 300_000 }, async () => {
    const project = join(folder, "project");
    await writeFile(join(folder, "use.mjs"), "");
    const { mkdir } = await import("node:fs/promises");
    await mkdir(project);
    await writeFile(join(project, "package.json"), '{ "name": "empty", "private": true, "type": "module" }');
    await writeFile(join(project, ".npmrc"), await readFile(join(root, ".npmrc"), "utf8"));
    // The only test that may ask the package registry: for what the tarballs depend on, as any user's install does.
    await run("npm", ["install", "--prefer-offline", ...tarballs.values()], { cwd: project });
    await writeFile(
      join(project, "use.mjs"),
      `import { bleu, hfBleu } from "@leyenda/eval";
       import { cleanImage } from "@leyenda/clean";
       import { createClient } from "@leyenda/fetch";
       import { LeyendaError, rowKey } from "@leyenda/core";
       const client = createClient();
       const result = await client.fetchImage("http://127.0.0.1/private.jpg");
       await client.close();
       console.log(JSON.stringify({
         key: rowKey("http://a.example/b.jpg", "a red bus").length,
         bleu: bleu(["un autobús rojo en la calle"], [["un autobús rojo en la calle"]]).score,
         // Reads the sentence splitter's parameters.
         original: hfBleu(["Un autobús. Rojo."], [["Un autobús. Rojo."]]).scores[0],
         outcome: result.outcome,
         functions: [cleanImage, LeyendaError].map((value) => typeof value),
       }));`,
    );
    const { stdout } = await run(process.execPath, ["use.mjs"], { cwd: project });
    const used = JSON.parse(stdout) as { bleu: number };
    expect(used).toMatchObject({
      key: 32,
      original: 1,
      outcome: "blocked_address",
      functions: ["function", "function"],
    });
    expect(used.bleu).toBeCloseTo(100);
    const { stdout: help } = await run(join(project, "node_modules/.bin/leyenda"), ["--help"], {
      cwd: project,
    });
    expect(help).toContain("Usage: leyenda");
  });
});
