import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { type ImageFormat, sniffFormat } from "./sniff-format.js";

const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: "#a04020" } });

describe("sniffFormat", () => {
  it.each(["jpeg", "png", "gif", "webp", "avif", "tiff"] as const)(
    "knows %s by its bytes",
    async (format) => {
      expect(sniffFormat(await picture.clone().toFormat(format).toBuffer())).toBe(format);
    },
  );

  const heads: [ImageFormat | null, Buffer][] = [
    ["heic", Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic")],
    ["avif", Buffer.from("\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf")],
    ["jxl", Buffer.from("ff0a0000", "hex")],
    ["pdf", Buffer.from("%PDF-1.7")],
    [
      "svg",
      Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
    [null, Buffer.from("<!doctype html><title>Not found</title>")],
    [null, Buffer.from("BMW of 1972, a text that starts like a bitmap")],
    [null, Buffer.alloc(0)],
  ];
  it.each(heads)("says %s to a known head", (expected, head) => {
    expect(sniffFormat(head)).toBe(expected);
  });

  it("reads a picture in the middle of a larger buffer", () => {
    const buffer = Buffer.from("0000ffd8ffe0", "hex");
    expect(sniffFormat(new Uint8Array(buffer.buffer, buffer.byteOffset + 2, 4))).toBe("jpeg");
  });
});
