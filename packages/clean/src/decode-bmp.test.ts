import { describe, expect, it } from "vitest";

import { decodeBmp } from "./decode-bmp.js";
import { readBmpHeader } from "./read-bmp-header.js";

interface Fields {
  width: number;
  height: number;
  bits: number;
  compression?: number;
  masks?: number[];
  /** `bbggrr00` each. */
  palette?: string[];
  /** Hex of the pixels, as they stand in the file. */
  pixels: string;
}

function bmp({ width, height, bits, compression = 0, masks = [], palette = [], pixels }: Fields): Buffer {
  const header = Buffer.alloc(54 + masks.length * 4);
  header.write("BM");
  header.writeUInt32LE(header.length + palette.length * 4, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(palette.length, 46);
  masks.forEach((mask, index) => header.writeUInt32LE(mask, 54 + index * 4));
  return Buffer.concat([header, Buffer.from(palette.join(""), "hex"), Buffer.from(pixels, "hex")]);
}

/** Pixels as `rrggbbaa`, rows from the top; or why there are none. */
function decode(file: Buffer): string[][] | string {
  const header = readBmpHeader(file);
  if (typeof header === "string") return header;
  const picture = decodeBmp(file, header);
  if (picture === null) return "cut short";
  const hex = Buffer.from(picture.data).toString("hex");
  return Array.from({ length: picture.height }, (_, y) =>
    Array.from({ length: picture.width }, (_, x) => {
      const at = (y * picture.width + x) * 8;
      return hex.slice(at, at + 8);
    }),
  );
}

const [red, green, blue] = ["ff0000ff", "00ff00ff", "0000ffff"];
const palette = ["0000ff00", "00ff0000", "ff000000"];

describe("decodeBmp", () => {
  it("turns rows that start at the bottom, and pads them to four bytes", () => {
    const pixels = "0000ff00ff000000" + "ff00000000ff0000";
    const expected = [
      [blue, red],
      [red, green],
    ];
    expect(decode(bmp({ width: 2, height: 2, bits: 24, pixels }))).toEqual(expected);
    expect(decode(bmp({ width: 2, height: -2, bits: 24, pixels }))).toEqual(expected.toReversed());
  });

  it.each([
    [1, ["0000ff00", "00ff0000"], "50000000", [red, green, red, green]],
    [2, palette, "18000000", [red, green, blue, red]],
    [4, palette, "01200000", [red, green, blue, red]],
    [8, palette, "00010200", [red, green, blue, red]],
  ])("reads palettes with %i bits a pixel", (bits, colours, pixels, expected) => {
    expect(decode(bmp({ width: 4, height: 1, bits, palette: colours, pixels }))).toEqual([expected]);
  });

  it("shows black for an index beyond the palette", () => {
    expect(decode(bmp({ width: 1, height: 1, bits: 8, palette, pixels: "09000000" }))).toEqual([
      ["000000ff"],
    ]);
  });

  it("spreads masks of any width over eight bits", () => {
    const masks = [0xf800, 0x7e0, 0x1f];
    const file = bmp({ width: 2, height: 1, bits: 16, compression: 3, masks, pixels: "00f8" + "e007" });
    expect(decode(file)).toEqual([[red, green]]);
    const plain = bmp({ width: 2, height: 1, bits: 16, pixels: "007c" + "1f00" });
    expect(decode(plain)).toEqual([[red, blue]]);
  });

  it("honours an alpha mask, unless it would hide the whole picture", () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
    const half = bmp({
      width: 2,
      height: 1,
      bits: 32,
      compression: 6,
      masks,
      pixels: "0000ff80" + "00ff0000",
    });
    expect(decode(half)).toEqual([["ff000080", "00ff0000"]]);
    const none = bmp({
      width: 2,
      height: 1,
      bits: 32,
      compression: 6,
      masks,
      pixels: "0000ff00" + "00ff0000",
    });
    expect(decode(none)).toEqual([[red, green]]);
  });

  it("unpacks run lengths: runs, plain stretches, jumps and early ends", () => {
    // Bottom row: two of 1, then 0, 1, 2 as they are. Top row: one to the right, three of 2; the rest is never written.
    const pixels = "0201" + "000300010200" + "0000" + "00020100" + "0302" + "0001";
    expect(decode(bmp({ width: 5, height: 2, bits: 8, compression: 1, palette, pixels }))).toEqual([
      [red, blue, blue, blue, red],
      [green, green, red, green, blue],
    ]);
    const nibbles = bmp({ width: 3, height: 1, bits: 4, compression: 2, palette, pixels: "0312" + "0001" });
    expect(decode(nibbles)).toEqual([[green, blue, green]]);
  });

  it("stays within the picture when runs do not", () => {
    const pixels = "ff01".repeat(20) + "0002ffff" + "0501";
    expect(decode(bmp({ width: 2, height: 1, bits: 8, compression: 1, palette, pixels }))).toEqual([
      [green, green],
    ]);
  });

  it("says what is wrong with a file that is none", () => {
    expect(decode(bmp({ width: 2, height: 2, bits: 24, pixels: "0000ff00ff000000" }))).toBe("cut short");
    expect(decode(bmp({ width: 0, height: 2, bits: 24, pixels: "" }))).toBe("0×2 is no size");
    expect(decode(bmp({ width: 1, height: 1, bits: 5, pixels: "00" }))).toBe("5 bits a pixel are not known");
    expect(decode(bmp({ width: 1, height: 1, bits: 8, compression: 4, pixels: "00" }))).toContain(
      "compression 4",
    );
    expect(decode(bmp({ width: 1, height: 1, bits: 24, pixels: "" }).subarray(0, 40))).toContain("header");
  });
});
