import { Readable } from "node:stream";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { splitLines, type TextLine } from "./split-lines.js";

async function split(chunks: readonly Uint8Array[], longest?: number): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for await (const group of splitLines(Readable.from(chunks), longest)) lines.push(...group);
  return lines;
}

describe("splitLines", () => {
  it("gives every line of any text, wherever its bytes are cut", async () => {
    const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]|^\uFEFF/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(200)), fc.boolean(), async (lines, cuts, crlf) => {
        const bytes = Buffer.from(lines.map((text) => text + (crlf ? "\r\n" : "\n")).join(""));
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const found = await split(chunks);
        expect(found).toEqual(
          lines.map((text, index) => ({ number: index + 1, text, isUtf8: true, isCut: false })),
        );
      }),
    );
  });

  it("needs no end behind the last line, and has none for no text", async () => {
    expect((await split([Buffer.from("a\nb")])).map(({ text }) => text)).toEqual(["a", "b"]);
    expect(await split([])).toEqual([]);
    expect((await split([Buffer.from("\n\n")])).map(({ text }) => text)).toEqual(["", ""]);
  });

  it("gives a chunk's lines before it asks for the next chunk", async () => {
    let asked = 0;
    async function* chunks(): AsyncGenerator<Buffer> {
      for (const text of ["a\nb\n", "c\n"]) {
        asked += 1;
        yield await Promise.resolve(Buffer.from(text));
      }
    }
    for await (const lines of splitLines(chunks())) {
      expect(lines.map(({ text }) => text)).toEqual(asked === 1 ? ["a", "b"] : ["c"]);
    }
    expect(asked).toBe(2);
  });

  it("says which lines are not UTF-8, and leaves out a byte order mark", async () => {
    const lines = await split([Buffer.from([0xef, 0xbb, 0xbf, 0x61, 10, 0xff, 0x62, 10, 0x63, 10])]);
    expect(lines.map(({ text, isUtf8 }) => [text, isUtf8])).toEqual([
      ["a", true],
      ["\uFFFDb", false],
      ["c", true],
    ]);
  });

  it("keeps no more of a line than is allowed, and goes on behind it", async () => {
    const lines = await split([Buffer.from("ñ".repeat(50)), Buffer.from(`${"ñ".repeat(50)}\nb\n`)], 33);
    expect(lines.map(({ isCut, isUtf8 }) => [isCut, isUtf8])).toEqual([
      [true, true],
      [false, true],
    ]);
    expect(lines[0]?.text.startsWith("ñ".repeat(16))).toBe(true);
    expect(lines[1]?.text).toBe("b");
  });
});
