import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

const corpus = process.env.LEYENDA_CORPUS;
const repository = fileURLToPath(new URL("../../..", import.meta.url));
const bin = fileURLToPath(new URL("../bin/leyenda.js", import.meta.url));

// Task runners set the one beside the other, of which later versions of Node.js complain.
const environment: NodeJS.ProcessEnv = { ...process.env };
delete environment.FORCE_COLOR;

async function translate(
  input: string | Buffer,
  ...args: (string | Record<string, string>)[]
): Promise<{ code: number; out: string; err: string }> {
  const words = args.filter((arg) => typeof arg === "string");
  const env = Object.assign(
    { ...environment },
    ...args.filter((arg) => typeof arg !== "string"),
  ) as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [bin, "translate", "--threads", "1", ...words], {
    cwd: repository,
    env,
  });
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, "exit");
  return { code: child.exitCode ?? -1, out, err };
}

describe("leyenda translate < text", () => {
  it("gives a line for every line, in order: empty for empty, equal for equal", async () => {
    const { code, out, err } = await translate(
      "a red car\n\na black dog on the beach\r\na red car",
      "--beams",
      "2",
    );
    const lines = out.split("\n");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/coche/);
    expect(lines[1]).toBe("");
    expect(lines[2]).toMatch(/perro/);
    expect(lines[3]).toBe(lines[0]);
    expect(lines[4]).toBe("");
  });

  it("takes any line: each gives one line, with its signs of a poor translation under --json", async () => {
    const odd = [
      "a very long caption ".repeat(500),
      "a\u0000b\u0007c\u001b[31m dog",
      "👩‍👩‍👧‍👦🎉 party 🐶",
      "كلب أسود a black dog",
      "!!! ??? ... --- ;;;",
      "\u2028\u0085 dog",
    ];
    const { code, out } = await translate(
      `${odd.join("\n")}\n`,
      "--json",
      "--max-length",
      "24",
      "--beams",
      "1",
    );
    const rows = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { text: string; flags: string[] });
    expect(code).toBe(0);
    expect(rows).toHaveLength(odd.length);
    expect(rows[0]?.flags).toContain("source_truncated");
    for (const row of rows) expect(row.text.trim() !== "" || row.flags.includes("empty")).toBe(true);
  });

  it.each([
    { flag: "--normalize-punctuation", odd: "a “red” car’s wheel", plain: 'a "red" car\'s wheel' },
    { flag: "--lower-all-caps", odd: "A BLACK DOG ON THE BEACH", plain: "A black dog on the beach" },
  ])("$flag: a text is translated as if it were written plainly", async ({ flag, odd, plain }) => {
    const text = `${odd}\n${plain}\n`;
    const [without, prepared] = await Promise.all([
      translate(text, "--beams", "1"),
      translate(text, "--beams", "1", flag),
    ]);
    const [asItIs, wanted] = without.out.split("\n");
    expect(asItIs).not.toBe(wanted);
    expect(prepared).toEqual({ code: 0, out: `${wanted}\n${wanted}\n`, err: "" });
  });

  it.skipIf(corpus === undefined)(
    "--int8: translates with a checkpoint as it is, converted once (needs LEYENDA_CORPUS)",
    async () => {
      const cache = await mkdtemp(join(tmpdir(), "leyenda-cache-"));
      const checkpoint = join(corpus ?? "", "marian/sample-en-es");
      const run = (...args: string[]): ReturnType<typeof translate> =>
        translate("a red car\n", "--beams", "1", ...args, { XDG_CACHE_HOME: cache });
      try {
        const first = await run("--model", checkpoint, "--int8");
        expect(first).toMatchObject({ code: 0, err: "" });
        expect(first.out).toMatch(/^.+\n$/);
        expect(await run("--model", checkpoint, "--int8")).toEqual(first);
        expect(await readdir(join(cache, "leyenda/models/converted"))).toEqual([
          expect.stringMatching(/^sample-en-es-int8-[0-9a-f]{16}$/),
        ]);
      } finally {
        await rm(cache, { recursive: true });
      }
    },
  );

  it("replaces what is not UTF-8, and names the line", async () => {
    const { code, out, err } = await translate(Buffer.from([0x61, 10, 0x61, 0x20, 0xff, 10]), "--beams", "1");
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(3);
    expect(err).toContain("line 2 is not valid UTF-8");
  });

  it("answers a line before it is given the next", async () => {
    const child = spawn(process.execPath, [bin, "translate", "--threads", "1", "--beams", "1"], {
      cwd: repository,
    });
    child.stdin.write("a red car\n");
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    expect(first.toString()).toMatch(/^.+\n$/);
    child.stdin.end();
    await once(child, "exit");
  });

  it("ends in silence when its reader leaves", async () => {
    const lines = "a red car\n".repeat(50_000);
    const child = spawn(process.execPath, [bin, "translate", "--threads", "1", "--beams", "1"], {
      cwd: repository,
      env: environment,
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(lines);
    const err = text(child.stderr);
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(141);
    expect(await err).toBe("");
  });

  it("does what the README shows", async () => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
    const [, example = ""] = /```sh text\n([\s\S]*?)```/.exec(readme) ?? [];
    const commands = example.split("\n").filter((line) => line.startsWith("$ "));
    expect(commands.length).toBeGreaterThan(1);
    for (const [index, command] of commands.entries()) {
      const start = example.indexOf(command) + command.length + 1;
      const next = commands[index + 1];
      const shown = example.slice(start, next === undefined ? undefined : example.indexOf(next));
      const { stdout } = await promisify(execFile)(
        "bash",
        ["-c", command.slice(2).replaceAll("npx leyenda", `${process.execPath} ${bin}`)],
        { cwd: repository },
      );
      // The last digits of a score are the processor's own.
      const digits = /("score":-?\d+\.\d)\d*/g;
      expect(stdout.replaceAll(digits, "$1")).toBe(shown.replaceAll(digits, "$1"));
    }
  });

  it("says what to do where onnxruntime has no CUDA, which is not installed by default", async () => {
    const { code, out, err } = await translate("a red car\n", "--provider", "cuda");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/cannot use CUDA/);
    expect(err).toMatch(/ONNXRUNTIME_NODE_INSTALL=cuda12/);
  });
});
