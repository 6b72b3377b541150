import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createEncoder } from "../spm/create-encoder.js";
import { readSentencePieceModel } from "../spm/read-sentence-piece-model.js";
import { readShortlist, shortlistChecksum } from "./read-shortlist.js";
import { writeShortlist } from "./write-shortlist.js";

const corpus = process.env.LEYENDA_CORPUS;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-shortlist-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Lists of words 0, 1, 2, …; two first words. */
function write(lists: readonly (readonly number[])[]): Buffer {
  return writeShortlist(lists, { firstWords: 2, bestWords: 50 });
}

function seal(bytes: Buffer): void {
  bytes.writeBigUInt64LE(shortlistChecksum(new DataView(bytes.buffer, bytes.byteOffset, bytes.length)), 8);
}

describe("a binary shortlist", () => {
  it.skipIf(corpus === undefined)(
    "that is read and written again has Marian's bytes, checksum and all (needs LEYENDA_CORPUS)",
    async () => {
      const bytes = await readFile(join(corpus ?? "", "marian/firefox-enes-tiny/lex.50.50.enes.s2t.bin"));
      const field = (index: number): number => Number(bytes.readBigUInt64LE(8 * index));
      const [firstWords, bestWords, offsets] = [field(2), field(3), field(4)];
      const idsAt = 8 * (6 + offsets);
      const lists = Array.from({ length: offsets - 1 }, (_, word) =>
        Array.from({ length: field(7 + word) - field(6 + word) }, (__, at) =>
          bytes.readUInt32LE(idsAt + 4 * (field(6 + word) + at)),
        ),
      );
      expect(writeShortlist(lists, { firstWords, bestWords }).equals(bytes)).toBe(true);
    },
  );

  it("gives the first words and the lists of the source's, ascending, filled to a multiple of 8", async () => {
    const path = join(folder, "lex.bin");
    await writeFile(path, write([[0], [9, 30], [7, 9], [99]]));
    const shortlist = await readShortlist(path);
    expect(shortlist).toMatchObject({ firstWords: 2, sourceWords: 4 });
    expect([...shortlist.forSources([1, 2], 50)]).toEqual([0, 1, 2, 3, 4, 7, 9, 30]);
    // Ids past the vocabulary and words past the table are nothing.
    expect([...shortlist.forSources([3, 77], 50)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...shortlist.forSources([1], 5)]).toEqual([0, 1, 2, 3, 4]);
  });

  it("that is cut short, out of order or another file is refused", async () => {
    const path = join(folder, "bad.bin");
    const whole = write([[0], [9, 30], [7, 9]]);
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(path, whole.subarray(0, length));
      await expect(readShortlist(path), `${length} bytes`).rejects.toMatchObject({ code: "MODEL_INVALID" });
    }
    const disordered = Buffer.from(whole);
    disordered.writeBigUInt64LE(400n, 48 + 8);
    await writeFile(path, disordered);
    await expect(readShortlist(path)).rejects.toMatchObject({
      message: expect.stringContaining("checksum") as string,
    });
    seal(disordered);
    await writeFile(path, disordered);
    await expect(readShortlist(path)).rejects.toMatchObject({
      message: expect.stringContaining("order") as string,
    });
    await expect(readShortlist(join(folder, "none.bin"))).rejects.toMatchObject({ code: "MODEL_MISSING" });
  });

  it.skipIf(corpus === undefined)(
    "of Firefox Translations has a black dog for a black dog (needs LEYENDA_CORPUS)",
    async () => {
      const place = join(corpus ?? "", "marian/firefox-enes-tiny");
      const shortlist = await readShortlist(join(place, "lex.50.50.enes.s2t.bin"));
      const model = await readSentencePieceModel(join(place, "vocab.esen.spm"));
      const ids = new Map(model.pieces.map(({ text }, id) => [text, id]));
      expect(shortlist).toMatchObject({ firstWords: 50, sourceWords: 31_999 });
      const source = createEncoder(model)("a black dog").map((piece) => ids.get(piece) ?? 1);
      const words = [...shortlist.forSources([...source, 0], 32_000)].map((id) => model.pieces[id]?.text);
      expect(words.length % 8).toBe(0);
      expect(words.length).toBeLessThan(1000);
      expect(words).toEqual(expect.arrayContaining(["</s>", "▁negro", "▁perros"]));
    },
  );
});
