import { extname } from "node:path";

import { pack, type Pack } from "tar-stream";

import type { ExportWriter } from "../export-format.js";
import { rowMetadata } from "./row-metadata.js";

/**
 * WebDataset: a tar for each shard, in which a row is `<key>.jpg`, `<key>.txt` (the Spanish caption) and `<key>.json` (all other
 * columns), one after the other. Keys are hexadecimal: WebDataset cuts names at the first dot. Owner, mode and time are the same
 * in every tar.
 */
export const webdataset: ExportWriter = {
  write: async (batches, context) => {
    const file = await context.create("tar");
    const tar = pack();
    const fill = async (): Promise<void> => {
      for await (const rows of batches) {
        for (const row of rows) {
          await add(tar, `${row.key}${extname(row.image.path)}`, Buffer.from(row.image.bytes));
          await add(tar, `${row.key}.txt`, Buffer.from(row.caption_es));
          await add(tar, `${row.key}.json`, Buffer.from(JSON.stringify(rowMetadata(row))));
        }
      }
      tar.finalize();
    };
    const drain = async (): Promise<void> => {
      for await (const chunk of tar as AsyncIterable<Uint8Array>) await file.write([chunk]);
    };
    await Promise.all([
      fill().catch((error: unknown) => {
        tar.destroy();
        throw error;
      }),
      drain(),
    ]);
  },
};

const attributes = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), type: "file" } as const;

function add(tar: Pack, name: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry({ ...attributes, name, size: content.length }, content, (error) => {
      if (error == null) resolve();
      else reject(error);
    });
  });
}
