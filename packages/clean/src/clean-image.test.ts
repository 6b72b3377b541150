import { crc32 } from "node:zlib";

import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";

import { cleanImage } from "./clean-image.js";
import { type CleanOptions, defaultCleanOptions } from "./clean-options.js";
import type { CleanedImage } from "./clean-result.js";

const asItIs: Partial<CleanOptions> = { resize: "no", minSide: 1, maxAspectRatio: 100_000, quality: 100 };

async function clean(bytes: Uint8Array, options: Partial<CleanOptions> = asItIs): Promise<CleanedImage> {
  const result = await cleanImage(bytes, { ...defaultCleanOptions, ...options });
  if (result.outcome !== "ok") throw new Error(`${result.outcome}: ${result.detail}`);
  return result;
}

async function outcomeOf(bytes: Uint8Array, options: Partial<CleanOptions> = asItIs): Promise<string> {
  return (await cleanImage(bytes, { ...defaultCleanOptions, ...options })).outcome;
}

function plain(width: number, height: number, background = "#c04020"): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** Waves that no two places share, so that turns, cuts and lost rows all show. */
function waves(width: number, height: number): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      data[at] = (x * 255) / width;
      data[at + 1] = (y * 255) / height;
      data[at + 2] = 127 + 60 * Math.sin((x + 2 * y) / 9);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

interface Pixels {
  width: number;
  height: number;
  channels: number;
  /** Red, green, blue. */
  at: (x: number, y: number) => number[];
  data: Uint8Array;
}

async function pixelsOf(jpeg: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const at = (x: number, y: number): number[] => [
    ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
  ];
  return { width, height, channels, at, data };
}

function expectNear(actual: number[], expected: number[], tolerance = 4): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, channel) => {
    expect(
      Math.abs(value - (expected[channel] ?? 0)),
      `${actual.join()} is not ${expected.join()}`,
    ).toBeLessThanOrEqual(tolerance);
  });
}

/** A PNG chunk: length, type, data, checksum. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

function spliced(bytes: Buffer, at: number, insert: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at)]);
}

describe("cleanImage decodes", () => {
  it.each(["jpeg", "png", "gif", "webp", "avif", "tiff"] as const)("%s, to its own size", async (format) => {
    const result = await clean(await waves(120, 80).toFormat(format).toBuffer());
    expect(result).toMatchObject({ format, width: 120, height: 80, originalWidth: 120, originalHeight: 80 });
    expect(await sharp(result.encoded).metadata()).toMatchObject({
      format: "jpeg",
      width: 120,
      height: 80,
      channels: 3,
    });
  });

  it("a BMP", async () => {
    const { data } = await waves(30, 20).raw().toBuffer({ resolveWithObject: true });
    const header = Buffer.alloc(54);
    header.write("BM");
    header.writeUInt32LE(54, 10);
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(30, 18);
    header.writeInt32LE(-20, 22);
    header.writeUInt16LE(32, 28);
    const pixels = Buffer.alloc(30 * 20 * 4);
    for (let pixel = 0; pixel < 600; pixel += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[pixel * 4 + channel] = data[pixel * 3 + 2 - channel] ?? 0;
      }
    }
    const result = await clean(Buffer.concat([header, pixels]));
    expect(result).toMatchObject({ format: "bmp", width: 30, height: 20 });
    expectNear((await pixelsOf(result.encoded)).at(20, 10), [170, 127, 127 + 60 * Math.sin(40 / 9)], 12);
    expect(await outcomeOf(Buffer.concat([header, pixels.subarray(0, -1)]))).toBe("truncated_image");
  });

  it("all eight orientations to the same upright picture", async () => {
    const upright = waves(96, 64);
    const expected = await pixelsOf((await clean(await upright.clone().png().toBuffer())).encoded);
    // What must be done to an upright picture so that the orientation makes it upright again.
    const undo: ((image: Sharp) => Sharp)[][] = [
      [],
      [(image) => image.flop()],
      [(image) => image.rotate(180)],
      [(image) => image.flip()],
      [(image) => image.rotate(90), (image) => image.flop()],
      [(image) => image.rotate(270)],
      [(image) => image.rotate(90), (image) => image.flip()],
      [(image) => image.rotate(90)],
    ];
    for (const [index, changes] of undo.entries()) {
      let bytes = await upright.clone().png().toBuffer();
      for (const change of changes) bytes = await change(sharp(bytes)).toBuffer();
      const turned = await sharp(bytes)
        .withMetadata({ orientation: index + 1 })
        .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
        .toBuffer();
      const result = await clean(turned);
      expect(result).toMatchObject({ width: 96, height: 64, originalWidth: 96, originalHeight: 64 });
      const pixels = await pixelsOf(result.encoded);
      const error = pixels.data.reduce(
        (sum, value, at) => sum + Math.abs(value - (expected.data[at] ?? 0)),
        0,
      );
      expect(error / pixels.data.length, `orientation ${index + 1}`).toBeLessThan(2);
      expect((await sharp(result.encoded).metadata()).orientation).toBeUndefined();
    }
  });

  it.each([
    ["greyscale", plain(32, 32).greyscale().jpeg()],
    ["CMYK", plain(32, 32).toColourspace("cmyk").jpeg()],
    ["16 bits", plain(32, 32).toColourspace("rgb16").png()],
    ["16 bits of grey", plain(32, 32).toColourspace("grey16").png()],
    ["a palette", plain(32, 32).png({ palette: true })],
    ["a P3 profile", plain(32, 32).withIccProfile("p3").png()],
    ["an sRGB profile", plain(32, 32).withIccProfile("srgb").jpeg({ quality: 100 })],
  ])("%s to three channels of sRGB", async (name, image) => {
    const pixels = await pixelsOf((await clean(await image.toBuffer())).encoded);
    expect(pixels.channels).toBe(3);
    if (name.includes("grey")) {
      const [red = 0, green = 0, blue = 0] = pixels.at(16, 16);
      expectNear([green, blue], [red, red], 1);
      expect(red).toBeGreaterThan(80);
      expect(red).toBeLessThan(125);
    } else {
      expectNear(pixels.at(16, 16), [0xc0, 0x40, 0x20], name === "CMYK" ? 40 : 5);
    }
  });

  it("leaves no metadata in what it stores", async () => {
    const bytes = await plain(32, 32)
      .withExif({ IFD0: { Artist: "A" } })
      .withIccProfile("p3")
      .jpeg()
      .toBuffer();
    const { exif, icc, xmp } = await sharp((await clean(bytes)).encoded).metadata();
    expect([exif, icc, xmp]).toEqual([undefined, undefined, undefined]);
  });

  it("transparent pixels as the background that was asked for", async () => {
    const clear = sharp({
      create: { width: 16, height: 16, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
    });
    for (const format of ["png", "webp", "avif", "gif"] as const) {
      const bytes = await clear.clone().toFormat(format).toBuffer();
      expectNear((await pixelsOf((await clean(bytes)).encoded)).at(8, 8), [255, 255, 255]);
      const blue = await clean(bytes, { ...asItIs, background: "#0000ff" });
      expectNear((await pixelsOf(blue.encoded)).at(8, 8), [0, 0, 255]);
    }
  });

  it("a picture with garbage behind it, between its segments, or without the last byte of a GIF", async () => {
    const jpeg = await waves(64, 64).jpeg().toBuffer();
    const garbage = Buffer.from("<!-- served by -->");
    await clean(Buffer.concat([jpeg, garbage]));
    await clean(spliced(jpeg, 20, Buffer.alloc(5, 1)));
    await clean(Buffer.concat([await waves(64, 64).png().toBuffer(), garbage]));
    await clean((await waves(64, 64).gif().toBuffer()).subarray(0, -1));
  });

  it("a picture whose colour profile is broken, as if it had none", async () => {
    const bytes = await plain(32, 32).withIccProfile("p3").jpeg({ quality: 100 }).toBuffer();
    bytes.fill(0xee, bytes.indexOf("ICC_PROFILE\0") + 160, bytes.indexOf("ICC_PROFILE\0") + 400);
    expect((await clean(bytes)).outcome).toBe("ok");
  });

  it("one pixel", async () => {
    expect(await clean(await plain(1, 1).png().toBuffer())).toMatchObject({ width: 1, height: 1 });
  });
});

describe("cleanImage resizes", () => {
  it("with what it says and what it stores being the same, in every mode", async () => {
    const bytes = await waves(300, 200).jpeg().toBuffer();
    const sizes = [
      ["no", 300, 200],
      ["keep_ratio", 192, 128],
      ["keep_ratio_largest", 128, 85],
      ["center_crop", 128, 128],
      ["border", 128, 128],
    ] as const;
    for (const [resize, width, height] of sizes) {
      const result = await clean(bytes, { ...asItIs, resize, size: 128 });
      expect(result, resize).toMatchObject({ width, height, originalWidth: 300, originalHeight: 200 });
      expect(await pixelsOf(result.encoded), resize).toMatchObject({ width, height });
    }
  });

  it("with borders around the picture, in the colour asked for, also around a grey one", async () => {
    for (const image of [plain(200, 100), plain(200, 100).greyscale()]) {
      const options = { ...asItIs, resize: "border", size: 100, background: "#0000ff" } as const;
      const pixels = await pixelsOf((await clean(await image.png().toBuffer(), options)).encoded);
      expectNear(pixels.at(50, 10), [0, 0, 255]);
      expectNear(pixels.at(50, 90), [0, 0, 255]);
      expect(pixels.at(50, 50)[0]).toBeGreaterThan(80);
    }
  });

  it("to the middle square for center_crop", async () => {
    const sides = await plain(100, 100, "#000000").png().toBuffer();
    const bytes = await plain(300, 100, "#ffffff")
      .composite([{ input: sides, left: 100, top: 0 }])
      .png()
      .toBuffer();
    const pixels = await pixelsOf(
      (await clean(bytes, { ...asItIs, resize: "center_crop", size: 50 })).encoded,
    );
    expectNear(pixels.at(2, 25), [0, 0, 0]);
    expectNear(pixels.at(47, 25), [0, 0, 0]);
  });

  it("to the same bytes every time", async () => {
    const bytes = await waves(300, 200).webp().toBuffer();
    const options: Partial<CleanOptions> = { resize: "border", size: 64 };
    const [first, ...others] = await Promise.all(Array.from({ length: 6 }, () => clean(bytes, options)));
    for (const { encoded } of others)
      expect(Buffer.compare(encoded, first?.encoded ?? Buffer.alloc(0))).toBe(0);
  });
});

describe("cleanImage refuses", () => {
  it("a cut-off file of any format, for being cut off", async () => {
    for (const format of ["jpeg", "png", "webp", "avif", "gif"] as const) {
      const bytes = await waves(200, 200).toFormat(format).toBuffer();
      expect(await outcomeOf(bytes.subarray(0, Math.floor(bytes.length * 0.6))), format).toBe(
        "truncated_image",
      );
    }
    const tiff = await waves(200, 200).tiff({ compression: "none" }).toBuffer();
    // Its directory is at the end: nothing says that there was more.
    expect(await outcomeOf(tiff.subarray(0, tiff.length / 2))).toBe("corrupt");
  });

  it("lost data in the middle", async () => {
    const jpeg = await waves(200, 200).jpeg().toBuffer();
    const png = await waves(200, 200).png().toBuffer();
    const middle = Math.floor(jpeg.length / 2);
    expect(await outcomeOf(Buffer.concat([jpeg.subarray(0, middle), jpeg.subarray(-2)]))).toBe("corrupt");
    png.fill(0, png.length / 2, png.length / 2 + 50);
    expect(await outcomeOf(png)).toBe("corrupt");
  });

  it("what is no picture, or none that it decodes", async () => {
    expect(await cleanImage(Buffer.from("<html>"), defaultCleanOptions)).toEqual({
      outcome: "unsupported_format",
      detail: "not a picture format that is known",
    });
    expect(await outcomeOf(new Uint8Array())).toBe("unsupported_format");
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>');
    expect(await cleanImage(svg, defaultCleanOptions)).toMatchObject({
      outcome: "unsupported_format",
      format: "svg",
    });
    expect(await outcomeOf(Buffer.from("%PDF-1.7\n"))).toBe("unsupported_format");
  });

  it("more pixels than allowed, before it decodes them", async () => {
    const png = await plain(8, 8).png().toBuffer();
    const header = Buffer.alloc(13);
    header.set([0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 8, 2, 0, 0, 0]);
    const bomb = Buffer.concat([png.subarray(0, 8), chunk("IHDR", header), png.subarray(33)]);
    expect(await cleanImage(bomb, defaultCleanOptions)).toMatchObject({
      outcome: "bomb",
      originalWidth: 65_535,
      originalHeight: 65_535,
    });
    const small = await plain(100, 100).png().toBuffer();
    expect(await outcomeOf(small, { ...asItIs, maxPixels: 9_999 })).toBe("bomb");
    expect(await outcomeOf(small, { ...asItIs, maxPixels: 10_000 })).toBe("ok");
  });

  it("a side that a JPEG cannot have", async () => {
    const line = await plain(65_501, 1).png().toBuffer();
    expect(await outcomeOf(line)).toBe("bomb");
    expect(await outcomeOf(line, { ...asItIs, resize: "keep_ratio_largest", size: 4096 })).toBe("ok");
    expect(await clean(await plain(65_500, 1).png().toBuffer())).toMatchObject({ width: 65_500, height: 1 });
  });

  it("animated GIF, WebP, PNG and AVIF, unless the first frame will do", async () => {
    const frames = await Promise.all(
      ["#ff0000", "#0000ff"].map((colour) => plain(32, 32, colour).png().toBuffer()),
    );
    const animation = sharp(frames, { join: { animated: true } });
    const png = frames[0] ?? Buffer.alloc(0);
    const avif = await plain(32, 32, "#ff0000").avif().toBuffer();
    avif.write("avis", 8);
    const animated = {
      gif: await animation
        .clone()
        .gif({ delay: [100, 100] })
        .toBuffer(),
      webp: await animation
        .clone()
        .webp({ delay: [100, 100], quality: 100 })
        .toBuffer(),
      png: spliced(png, 33, chunk("acTL", Buffer.from("0000000200000000", "hex"))),
      avif,
    };
    for (const [format, bytes] of Object.entries(animated)) {
      expect(await outcomeOf(bytes), format).toBe("animated");
      if (format === "avif") continue;
      const result = await clean(bytes, { ...asItIs, animated: "first_frame" });
      expect(result, format).toMatchObject({ width: 32, height: 32, originalHeight: 32 });
      expectNear((await pixelsOf(result.encoded)).at(16, 16), [255, 0, 0], 8);
    }
    expect(await outcomeOf(png)).toBe("ok");
  });

  it("icons and banners by their upright sides, and tells them", async () => {
    const bytes = await plain(300, 63).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const limits = { ...asItIs, minSide: 64 };
    const upright = { originalWidth: 63, originalHeight: 300, format: "jpeg" };
    expect(await cleanImage(bytes, { ...defaultCleanOptions, ...limits })).toMatchObject({
      outcome: "too_small",
      ...upright,
    });
    expect(await outcomeOf(bytes, { ...limits, minSide: 63 })).toBe("ok");
    const wide = { ...asItIs, maxAspectRatio: 3 };
    expect(await outcomeOf(await plain(300, 100).png().toBuffer(), wide)).toBe("ok");
    expect(await outcomeOf(await plain(301, 100).png().toBuffer(), wide)).toBe("aspect");
  });

  it("wrong options by throwing: they are no picture's fault", async () => {
    const bytes = await plain(8, 8).png().toBuffer();
    await expect(clean(bytes, { ...asItIs, quality: 0 })).rejects.toThrow(/quality/);
  });
});

describe("cleanImage stores", () => {
  it.each(["jpeg", "webp", "png", "avif"] as const)("%s, near to the original's pixels", async (format) => {
    const bytes = await waves(120, 80).png().toBuffer();
    const { encoded } = await clean(bytes, { ...asItIs, format, quality: 95 });
    expect(await sharp(encoded).metadata()).toMatchObject({
      format: format === "avif" ? "heif" : format,
      width: 120,
      height: 80,
      channels: 3,
      hasAlpha: false,
    });
    const [stored, original] = [await pixelsOf(encoded), await pixelsOf(bytes)];
    const error = stored.data.reduce((sum, value, at) => sum + Math.abs(value - (original.data[at] ?? 0)), 0);
    expect(error / stored.data.length).toBeLessThan(format === "png" ? 1e-9 : 3);
  });

  it("no side that its format cannot hold", async () => {
    const bytes = await plain(17_000, 20).png().toBuffer();
    const long: Partial<CleanOptions> = { ...asItIs, maxAspectRatio: 1000 };
    expect(await outcomeOf(bytes, long)).toBe("ok");
    expect(await outcomeOf(bytes, { ...long, format: "webp" })).toBe("bomb");
    expect(await outcomeOf(bytes, { ...long, format: "avif" })).toBe("bomb");
  });

  it("no picture of a larger area than is wanted", async () => {
    const bytes = await plain(100, 80).png().toBuffer();
    expect(await outcomeOf(bytes, { ...asItIs, maxArea: 8_000 })).toBe("ok");
    expect(await outcomeOf(bytes, { ...asItIs, maxArea: 7_999 })).toBe("area");
  });

  it("boxes blurred, where they are in the upright picture", async () => {
    const stripes = Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (Math.floor(at / 3) % 2) * 255);
    const bytes = await sharp(stripes, { raw: { width: 64, height: 64, channels: 3 } })
      .withMetadata({ orientation: 3 })
      .png()
      .toBuffer();
    const options: CleanOptions = { ...defaultCleanOptions, ...asItIs, format: "png" };
    const result = await cleanImage(bytes, options, { blur: [[0, 0, 0.3, 0.3]] });
    if (result.outcome !== "ok") throw new Error(result.detail);
    const { at } = await pixelsOf(result.encoded);
    expect(Math.abs((at(6, 6)[0] ?? 0) - 128)).toBeLessThan(30);
    expect([0, 255]).toContain(at(60, 60)[0]);
  });
});
