import { sha256 } from "@leyenda/core";

import type { ShardRow } from "../src/write/shard-schema.js";

/** A made-up row, with bytes for a picture that need not be one. */
export function fakeShardRow(index: number, bytes: Uint8Array, caption = `imagen ${index}`): ShardRow {
  const key = sha256(`row ${index}`).slice(0, 32);
  return {
    image: { bytes, path: `${key}.jpg` },
    caption_es: caption,
    caption_en: `picture ${index}`,
    key,
    url: `http://a.example/${index}.jpg`,
    final_url: `http://cdn.example/${index}.jpg`,
    width: index + 1,
    height: 2 * index + 1,
    source_sha256: sha256(bytes),
    source_format: "jpeg",
    source_width: index + 2,
    source_height: index + 3,
    phash: index % 6 === 0 ? null : key.slice(0, 16),
    dhash: index % 6 === 0 ? null : key.slice(16),
    source_line: index + 1,
    translation_score: -index / 4,
    source_truncated: index % 2 === 0,
    target_truncated: index % 3 === 0,
    unknown_pieces: index % 5,
    translation_flags: index % 4 === 0 ? "numbers,names" : "",
  };
}
