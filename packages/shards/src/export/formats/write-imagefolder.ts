import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { sha256 } from "@leyenda/core";
import pMap from "p-map";

import type { ExportWriter } from "../export-format.js";
import { rowMetadata } from "./row-metadata.js";

const filesInFlight = 16;

/**
 * An image folder: pictures as files, and a `metadata.jsonl` beside them whose lines name one each (`file_name`) with the other
 * columns and its SHA-256 (`image_sha256`). A folder for every so many rows, as folders of millions of files are slow everywhere.
 */
export const imagefolder: ExportWriter = {
  write: async (batches, context) => {
    const folder = await context.createFolder("pictures");
    const metadata = await context.create("metadata");
    for await (const rows of batches) {
      await pMap(
        rows,
        ({ image }) => writeFile(join(folder, image.path), image.bytes, { flag: "wx", flush: true }),
        { concurrency: filesInFlight },
      );
      const lines = rows.map((row) => {
        const line = {
          file_name: row.image.path,
          image_sha256: sha256(row.image.bytes),
          ...rowMetadata(row),
        };
        return Buffer.from(`${JSON.stringify(line)}\n`);
      });
      await metadata.write(lines);
    }
  },
};
