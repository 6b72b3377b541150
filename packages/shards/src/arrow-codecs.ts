import { Zstd } from "@hpcc-js/wasm-zstd";
import { type Codec, compressionRegistry, CompressionType } from "apache-arrow";
import { compressFrameSync, decompressFrameSync } from "lz4-napi";

/** How the buffers of a shard are compressed. */
export type Compression = "none" | "lz4" | "zstd";

/**
 * Makes Apache Arrow read and write compressed buffers in this process.
 *
 * Zstandard comes from one library in every version of Node.js, and not from `node:zlib` where that has it: two versions of
 * Zstandard write different bytes, and the root hash would depend on who built the dataset.
 *
 * @returns what the writer is to be told
 */
export async function arrowCodec(compression: Compression): Promise<CompressionType | null> {
  if (compression === "none") return null;
  const type = compression === "lz4" ? CompressionType.LZ4_FRAME : CompressionType.ZSTD;
  if (compressionRegistry.get(type) === null)
    compressionRegistry.set(type, compression === "lz4" ? lz4 : await zstd());
  return type;
}

/** Readers do not know beforehand what they meet. */
export async function registerArrowCodecs(): Promise<void> {
  await Promise.all([arrowCodec("lz4"), arrowCodec("zstd")]);
}

const lz4: Codec = {
  encode: (data) => compressFrameSync(bufferOf(data)),
  decode: (data) => decompressFrameSync(bufferOf(data)),
};

async function zstd(): Promise<Codec> {
  const library = await Zstd.load();
  return { encode: (data) => library.compress(data), decode: (data) => library.decompress(data) };
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
