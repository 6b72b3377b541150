import { z } from "zod";

import { positive } from "./numbers.js";

/** How pictures are checked and resized. */
export const cleanSection = z.strictObject({
  resize: z
    .enum(["no", "keep_ratio", "keep_ratio_largest", "center_crop", "border"])
    .default("keep_ratio_largest"),
  size: positive.max(16_384).default(512).describe("Target side in pixels"),
  onlyIfBigger: z.boolean().default(true).describe("Never enlarge a picture"),
  format: z.enum(["jpeg", "webp", "png", "avif"]).default("jpeg").describe("What pictures are stored as"),
  quality: positive.max(100).default(95).describe("Quality of the stored pictures; PNG has none"),
  minSide: positive.default(64).describe("Smallest side of the original in pixels"),
  maxAspectRatio: z.number().min(1).default(5).describe("Longer side / shorter side of the original"),
  maxArea: positive
    .nullable()
    .default(null)
    .describe("Largest width × height of the original in pixels; null accepts all that are no bombs"),
  maxPixels: positive.default(100_000_000).describe("Pixels of the original above which it counts as a bomb"),
  animated: z.enum(["drop", "first_frame"]).default("drop"),
  background: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "expected a colour such as #ffffff")
    .default("#ffffff")
    .describe("Colour under transparent pixels and around bordered ones"),
  blurColumn: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Column of source.extraColumns with boxes to blur: JSON [[left, top, right, bottom], …], each 0 to 1 of the upright picture",
    ),
});
