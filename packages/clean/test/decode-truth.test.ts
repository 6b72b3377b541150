import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { crc32, createDeflate } from "node:zlib";

import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";

import { cleanImage } from "../src/clean-image.js";
import { type CleanOptions, defaultCleanOptions } from "../src/clean-options.js";

const asItIs: CleanOptions = {
  ...defaultCleanOptions,
  resize: "no",
  minSide: 1,
  maxAspectRatio: 100_000,
  format: "png",
};

function plain(width = 32, height = 32, background = "#c04020"): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

async function outcomeOf(bytes: Uint8Array, options = asItIs): Promise<string> {
  return (await cleanImage(bytes, options)).outcome;
}

/** Red, green and blue in the middle of what is stored. */
async function middleOf(bytes: Uint8Array, options = asItIs): Promise<number[]> {
  const result = await cleanImage(bytes, options);
  if (result.outcome !== "ok") throw new Error(`${result.outcome}: ${result.detail}`);
  const { data } = await sharp(result.encoded).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(result.height / 2) * result.width + Math.floor(result.width / 2)) * 3;
  return [...data.subarray(at, at + 3)];
}

/** A PNG with one more chunk before its pixels. */
async function withChunk(type: string, data: Buffer): Promise<Buffer> {
  const png = await plain().png().toBuffer();
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, checksum, png.subarray(33)]);
}

/** Without its application segments of one number. */
function withoutSegment(jpeg: Buffer, marker: number): Buffer {
  const at = jpeg.indexOf(Buffer.from([0xff, marker]));
  if (at < 0) throw new Error("there is no such segment");
  return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))]);
}

/** So many MiB of zeros, as PNG packs them, made without holding them. */
async function packedZeros(mebibytes: number): Promise<Buffer> {
  const packer = createDeflate();
  const zeros = Buffer.alloc(2 ** 20);
  const packed = buffer(packer);
  await pipeline(
    Array.from({ length: mebibytes }, () => zeros),
    packer,
  );
  return packed;
}

/** By how many MiB the process was larger at its largest than before, while it worked. */
async function mebibytesTaken(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 1);
  await work().finally(() => {
    clearInterval(look);
  });
  return (most - before) / 2 ** 20;
}

describe("cleanImage", () => {
  it.each([
    ["HEIC", Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic")],
    ["JPEG XL", Buffer.from("ff0a0000", "hex")],
    ["JPEG 2000", Buffer.from("0000000c6a5020200d0a870a", "hex")],
    ["an icon", Buffer.from("000001000100", "hex")],
    ["SVG behind a long comment", Buffer.from(`<!--${"x".repeat(500)}--><svg width="9" height="9"/>`)],
  ])("does not decode %s", async (_name, bytes) => {
    expect(await outcomeOf(bytes)).toBe("unsupported_format");
  });

  it("shows CMYK in its colours, with an Adobe marker (inverted) and without", async () => {
    const cmyk = await plain(32, 32, "#ff0000").toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    const [red = 0, green = 255, blue = 255] = await middleOf(cmyk);
    expect(red).toBeGreaterThan(180);
    expect(Math.max(green, blue)).toBeLessThan(90);
    // Without a marker they are taken for inverted, too: that is how all CMYK of the web is stored.
    expect(await middleOf(withoutSegment(cmyk, 0xee))).toEqual([red, green, blue]);
  });

  it("shows YCCK, which only the Adobe marker tells from CMYK, in its colours", async () => {
    const ycck = await plain(32, 32, "#ffffff").toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    // Its last byte: 0 for CMYK, 2 for YCCK.
    const transform = ycck.indexOf("Adobe") + 11;
    expect(ycck[transform]).toBe(0);
    ycck[transform] = 2;
    // Y, Cb and Cr of 255 are full cyan and yellow and half magenta, without black.
    const [red = 255, green = 0, blue = 255] = await middleOf(ycck);
    expect(red).toBeLessThan(20);
    expect(green).toBeGreaterThan(70);
    expect(blue).toBeLessThan(60);
  });

  it("shows the first page of a TIFF", async () => {
    const pages = await Promise.all(
      ["#ff0000", "#0000ff"].map((colour) => plain(32, 32, colour).png().toBuffer()),
    );
    const tiff = await sharp(pages, { join: { animated: true } })
      .tiff({ compression: "none" })
      .toBuffer();
    expect(await middleOf(tiff)).toEqual([255, 0, 0]);
  });

  it("shows 16 bits and half transparency as they look", async () => {
    const grey = await plain(32, 32, "#808080").toColourspace("rgb16").png().toBuffer();
    expect(await middleOf(grey)).toEqual([128, 128, 128]);
    const half = await sharp({
      create: { width: 32, height: 32, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } },
    })
      .png()
      .toBuffer();
    for (const level of await middleOf(half)) expect(Math.abs(level - 127)).toBeLessThanOrEqual(1);
  });

  it("does not unpack metadata that is a bomb, or a profile that is one", async () => {
    const bomb = await packedZeros(400);
    for (const [type, name] of [
      ["zTXt", "Comment"],
      ["iCCP", "profile"],
    ] as const) {
      const bytes = await withChunk(type, Buffer.concat([Buffer.from(`${name}\0\0`), bomb]));
      expect(await outcomeOf(bytes)).toBe("ok");
      expect(await mebibytesTaken(() => outcomeOf(bytes))).toBeLessThan(100);
    }
  });

  it("is watched by a measure that sees what is taken and given back", async () => {
    expect(
      await mebibytesTaken(async () => {
        const block = Buffer.alloc(200 * 2 ** 20, 1);
        await setTimeout(20);
        expect(block).toHaveLength(200 * 2 ** 20);
      }),
    ).toBeGreaterThan(150);
  });

  it("takes the first of very many frames without decoding the others, or none of them", async () => {
    const frame = await plain(16, 16).raw().toBuffer();
    const frames = 2_000;
    const pixels = Buffer.concat(
      Array.from({ length: frames }, (_, index) => Buffer.from(frame).fill(index % 251, 0, 48)),
    );
    const gif = await sharp(pixels, { raw: { width: 16, height: 16 * frames, channels: 3, pageHeight: 16 } })
      .gif({ effort: 1 })
      .toBuffer();
    expect(await outcomeOf(gif)).toBe("animated");
    expect(await outcomeOf(gif, { ...asItIs, animated: "first_frame" })).toBe("ok");
  });

  it("refuses sides of zero", async () => {
    const png = await plain().png().toBuffer();
    png.writeUInt32BE(0, 16);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    expect(await outcomeOf(png)).toBe("corrupt");
    const gif = await plain().gif().toBuffer();
    gif.fill(0, 6, 10);
    // The screen of a GIF may be without a size; its frame has its own, which Pillow takes, too.
    expect(await cleanImage(gif, asItIs)).toMatchObject({ outcome: "ok", width: 32, height: 32 });
    expect(await middleOf(gif)).toEqual([192, 64, 32]);
    const jpeg = await plain().jpeg().toBuffer();
    jpeg.writeUInt16BE(0, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 7);
    expect(await outcomeOf(jpeg)).toBe("corrupt");
  });

  it("takes sides of 65,535, but not from or for a JPEG, which libjpeg does not do", async () => {
    const line = await plain(65_535, 2).png().toBuffer();
    expect(await middleOf(line)).toEqual([192, 64, 32]);
    expect(await outcomeOf(line, { ...asItIs, format: "jpeg" })).toBe("bomb");
    const jpeg = await plain(65_500, 16).jpeg().toBuffer();
    jpeg.writeUInt16BE(65_535, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 7);
    expect(await outcomeOf(jpeg)).toBe("bomb");
  });
});
