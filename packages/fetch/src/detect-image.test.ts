import { fileTypeFromBuffer } from "file-type";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { detectImage } from "./detect-image.js";

const starts = [
  "ffd8ff",
  "ffd8",
  "474946383961",
  "474946",
  "52494646",
  "89504e470d0a1a0a",
  "3c68746d6c3e",
  "",
];

describe("detectImage", () => {
  it("says of every start of a file what all signatures say", async () => {
    const start = fc.constantFrom(...starts).map((hex) => Buffer.from(hex, "hex"));
    const riff = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((size) => {
      return Buffer.concat([Buffer.from("RIFF"), size, Buffer.from("WEBP")]);
    });
    const body = fc
      .tuple(fc.oneof(start, riff), fc.uint8Array({ maxLength: 64 }))
      .map(([head, rest]) => Buffer.concat([head, rest]));
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const type = await fileTypeFromBuffer(bytes).catch(() => undefined);
        expect((await detectImage(bytes)).isImage).toBe(type?.mime.startsWith("image/") ?? false);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["ffd8ffe0", true, "image/jpeg"],
    ["474946383961", true, "image/gif"],
    ["524946460000000057454250", true, "image/webp"],
    ["3c68746d6c3e", false, "HTML"],
    ["7b7d", false, "JSON"],
  ])("names what %s looks like", async (hex, isImage, looksLike) => {
    expect(await detectImage(Buffer.from(hex, "hex"))).toEqual({ isImage, looksLike });
  });
});
