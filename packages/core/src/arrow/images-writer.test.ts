import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { tableFromIPC } from "apache-arrow";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { sha256 } from "../hash/sha256.js";
import { PartFile } from "../parts/part-file.js";
import { type ImageRange, ImagesWriter } from "./images-writer.js";
import { readImages } from "./read-images.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-images-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("ImagesWriter", () => {
  it("gives places from which the same bytes are read back, and an Arrow stream that holds them", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 30 }), async (pictures) => {
        const path = join(folder, `${run++}.arrow`);
        const file = await PartFile.create(path);
        const writer = new ImagesWriter(file, { flushBytes: 1000 });
        const places: ImageRange[] = [];
        // Not awaited one by one: pictures arrive side by side.
        await Promise.all(
          pictures.map((bytes, index) =>
            writer.add(bytes, (range) => {
              places[index] = range;
            }),
          ),
        );
        await writer.finish();
        await file.close();
        const reader = await readImages(path);
        for (const [index, place] of places.entries()) {
          expect(Buffer.from(await reader.read(place))).toEqual(Buffer.from(pictures[index] ?? []));
        }
        await reader.close();
        const column = tableFromIPC(await readFile(path)).getChild("bytes");
        const stored = Array.from(
          { length: pictures.length },
          (_, index) => column?.get(index) as Uint8Array,
        );
        expect(stored.map((bytes) => Buffer.from(bytes))).toEqual(
          pictures.map((bytes) => Buffer.from(bytes)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("says the hash of the file in which known digests stand for their pictures", async () => {
    let run = 0;
    const picture = fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), known: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(picture, { maxLength: 30 }), async (pictures) => {
        const path = join(folder, `digests-${run++}.arrow`);
        const file = await PartFile.create(path);
        const writer = new ImagesWriter(file, { flushBytes: 1000 });
        const places: { range: ImageRange; digest: string }[] = [];
        for (const { bytes, known } of pictures) {
          const digest = known ? sha256(bytes) : null;
          await writer.add(
            bytes,
            (range) => {
              if (digest !== null) places.push({ range, digest });
            },
            digest,
          );
        }
        await writer.finish();
        const said = await file.close();
        const stored = await readFile(path);
        let at = 0;
        const pieces: Uint8Array[] = [];
        for (const { range, digest } of places) {
          pieces.push(stored.subarray(at, range.offset), Buffer.from(digest));
          at = range.offset + range.length;
        }
        pieces.push(stored.subarray(at));
        expect(said).toEqual({
          bytes: stored.length,
          sha256: sha256(Buffer.concat(pieces)),
          ...(places.length > 0 ? { sha256Of: "digests" } : {}),
        });
      }),
      { numRuns: 50 },
    );
  });

  it("reports a file that ends inside a picture", async () => {
    const path = join(folder, "short.arrow");
    const file = await PartFile.create(path);
    await file.write([Buffer.from("abc")]);
    await file.close();
    const reader = await readImages(path);
    await expect(reader.read({ offset: 1, length: 10 })).rejects.toMatchObject({
      code: "DATA_CORRUPT",
      where: path,
    });
    await reader.close();
  });
});
