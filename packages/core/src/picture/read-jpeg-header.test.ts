import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { readJpegHeader } from "./read-jpeg-header.js";

const corpus = process.env.LEYENDA_CORPUS;
const picture = sharp({ create: { width: 90, height: 60, channels: 3, background: "#404080" } });
const plain = await picture.clone().jpeg().toBuffer();

describe("readJpegHeader", () => {
  it("reads size, components, orientation, profile, and whether it is plain", async () => {
    const bytes = await picture
      .clone()
      .withMetadata({ orientation: 6 })
      .withIccProfile("p3")
      .jpeg()
      .toBuffer();
    const { icc } = await sharp(bytes).metadata();
    const size = { width: 90, height: 60 };
    expect(readJpegHeader(bytes)).toEqual({ ...size, components: 3, orientation: 6, icc, plain: true });
    const grey = await picture.clone().toColourspace("b-w").jpeg({ progressive: true }).toBuffer();
    const rest = { orientation: 1, icc: null, plain: false };
    expect(readJpegHeader(grey)).toEqual({ ...size, components: 1, ...rest });
    // Sequential, and yet with a scan for each component: the first one names one of three.
    const apart = Buffer.from(plain);
    apart[apart.indexOf(Buffer.from("ffda", "hex")) + 4] = 1;
    expect(readJpegHeader(apart)).toEqual({ ...size, components: 3, ...rest });
    // Red, green and blue as they are, by the names of the components or by a marker.
    const named = Buffer.from(plain);
    for (const [index, letter] of ["R", "G", "B"].entries()) {
      named[named.indexOf(Buffer.from("ffc0", "hex")) + 10 + 3 * index] = letter.charCodeAt(0);
    }
    expect(readJpegHeader(named)).toEqual({ ...size, components: 3, ...rest });
    const marker = Buffer.from("ffee000e41646f62650064000000000000", "hex").subarray(0, 16);
    const marked = Buffer.concat([plain.subarray(0, 2), marker, plain.subarray(2)]);
    expect(readJpegHeader(marked)).toEqual({ ...size, components: 3, ...rest });
    marked[2 + 15] = 1;
    expect(readJpegHeader(marked)).toEqual({ ...size, components: 3, ...rest, plain: true });
  });

  it("leaves to the decoder what is out of the ordinary", async () => {
    const cmyk = await picture.clone().toColourspace("cmyk").jpeg().toBuffer();
    expect(readJpegHeader(cmyk)).toBeNull();
    expect(
      readJpegHeader(Buffer.concat([plain.subarray(0, 20), Buffer.alloc(3), plain.subarray(20)])),
    ).toBeNull();
    const turned = await picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    // Tag, type, count, and then the value, which goes up to 8.
    const entry = turned.indexOf("1201030001000000", 0, "hex");
    expect(entry).toBeGreaterThan(0);
    turned[entry + 8] = 9;
    expect(readJpegHeader(turned)).toBeNull();
  });

  it("never throws, whatever is cut off or overwritten", () => {
    fc.assert(
      fc.property(fc.nat(plain.length), fc.uint8Array({ maxLength: 8 }), fc.nat(700), (end, bytes, at) => {
        const damaged = Buffer.from(plain);
        damaged.set(bytes, Math.min(at, damaged.length - 8));
        readJpegHeader(damaged.subarray(0, end));
      }),
    );
  });

  it.skipIf(corpus === undefined)(
    "agrees with libvips on every JPEG of LEYENDA_CORPUS that it reads",
    async () => {
      let read = 0;
      for (const folder of ["photos", "odd-images"]) {
        for (const entry of readdirSync(join(corpus ?? "", folder), {
          recursive: true,
          withFileTypes: true,
        })) {
          if (!entry.isFile()) continue;
          const bytes = readFileSync(join(entry.parentPath, entry.name));
          const header = bytes.toString("latin1", 0, 2) === "\xff\xd8" ? readJpegHeader(bytes) : null;
          if (header === null) continue;
          const said = await sharp(bytes, { limitInputPixels: false, failOn: "none" })
            .metadata()
            .catch(() => null);
          // What its decoder refuses for its tables is refused when it is decoded.
          if (said === null) continue;
          read += 1;
          const { width, height, orientation = 1, channels: components, icc = null } = said;
          expect([entry.name, header]).toMatchObject([
            entry.name,
            { width, height, components, orientation, icc },
          ]);
          if (said.isProgressive) expect([entry.name, header.plain]).toEqual([entry.name, false]);
        }
      }
      expect(read).toBeGreaterThan(350);
    },
  );
});
