import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Decoder } from "./decoder.js";

const square = fileURLToPath(
  new URL("../../../../tools/oracle/fixtures/clip-preprocess/square.png", import.meta.url),
);

/** A decoder that crashes at pictures that begin with 1, hangs at 2, and grows at 3. */
const moody = `
  process.on("disconnect", () => process.exit());
  process.on("message", ({ bytes }) => {
    if (bytes[0] === 1) process.exit(3);
    if (bytes[0] === 2) return;
    const prepared = { pixels: Float32Array.of(process.pid), width: 1, height: 1, format: "png", preview: null };
    process.send({ prepared, rss: bytes[0] === 3 ? 2 ** 40 : 1 });
  });
`;

let folder: string;
let decoder: Decoder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-decoder-"));
  await writeFile(join(folder, "moody.mjs"), moody);
  const limits = { edge: 32, maxPixels: 1_000_000, decodeMs: 3_000 };
  decoder = new Decoder({ ...limits, script: join(folder, "moody.mjs") });
});
afterEach(async () => {
  decoder.close();
  await rm(folder, { recursive: true, force: true });
});

const decode = (value: number): Promise<unknown> =>
  decoder.decode(Uint8Array.of(value), false).then(({ pixels }) => pixels[0]);

describe("the decoder's process", () => {
  it("is replaced when a picture crashes it or hangs in it, which costs that picture alone", async () => {
    const first = await decode(0);
    expect(await decode(0)).toBe(first);
    await expect(decode(1)).rejects.toMatchObject({ status: 422, code: "decoder_crash" });
    const second = await decode(0);
    expect(second).not.toBe(first);
    await expect(decode(2)).rejects.toMatchObject({ status: 422, code: "decoder_timeout" });
    expect(await decode(0)).not.toBe(second);
  });

  it("is replaced when it has grown", async () => {
    const first = await decode(3);
    expect(await decode(0)).not.toBe(first);
  });

  it("is not started again once it is closed", async () => {
    decoder.close();
    await expect(decode(0)).rejects.toMatchObject({ status: 503, code: "closing" });
  });

  it("gives a picture as the model takes it, and a small copy", async () => {
    const real = new Decoder({ edge: 32, maxPixels: 1_000_000, decodeMs: 30_000 });
    try {
      const { pixels, format, preview } = await real.decode(await readFile(square), true);
      expect(pixels).toHaveLength(3 * 32 * 32);
      expect(format).toBe("png");
      expect([...(preview?.subarray(0, 2) ?? [])]).toEqual([0xff, 0xd8]);
      expect(real.rss).toBeGreaterThan(1e6);
    } finally {
      real.close();
    }
  });
});
