import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { tableFromIPC } from "apache-arrow";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

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
