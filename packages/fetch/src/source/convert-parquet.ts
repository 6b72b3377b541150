import { open, rename, rm } from "node:fs/promises";

import { asyncBuffer, type DatasetConfig, isErrno, LeyendaError, temporaryName } from "@leyenda/core";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

import type { Layout } from "./layout.js";
import { resolveFields } from "./resolve-layout.js";

/** Rows decoded at a time. */
const windowRows = 8192;

export interface ParquetList {
  layout: Extract<Layout, { format: "jsonl" }>;
  /** Writes the rows' chosen columns as JSON lines; the copy gets its name when it is whole. */
  convert: (to: string) => Promise<void>;
}

/**
 * Looks into a Parquet file.
 *
 * Pages can only be reached from the start of their row group, so that a part somewhere in the middle would cost its whole
 * group again and again. So the columns that are wanted are written once as lines, in which any row is one seek away.
 * In memory are a window of rows and, packed, those columns of one row group.
 *
 * @param name what the file is called, for errors
 * @throws LeyendaError SOURCE_INVALID for a damaged file, or when a column is not there
 */
export async function openParquet(
  path: string,
  name: string,
  source: Pick<DatasetConfig["source"], "columns" | "extraColumns">,
): Promise<ParquetList> {
  const metadata = await withFile(path, name, (file) => parquetMetadataAsync(file));
  const columns = topLevelColumns(metadata);
  const layout = resolveFields(name, source, columns);
  const missing = (layout.extra ?? []).find((column) => !columns.includes(column));
  if (missing !== undefined) {
    throw new LeyendaError("SOURCE_INVALID", `there is no column "${missing}"`, {
      where: name,
      expected: `one of its columns: ${columns.join(", ")}`,
      hint: "correct source.extraColumns",
    });
  }
  const wanted =
    layout.extra === null ? columns : [...new Set([layout.url, layout.caption, ...layout.extra])];
  return {
    layout,
    convert: (to) => withFile(path, name, (file) => writeLines(to, rowsOf(file, metadata, wanted))),
  };
}

function topLevelColumns(metadata: FileMetaData): string[] {
  const names = metadata.row_groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data }) => meta_data?.path_in_schema.slice(0, 1) ?? []),
  );
  return [...new Set(names)];
}

async function* rowsOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: string[],
): AsyncGenerator<Record<string, unknown>[]> {
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    // The windows of a group ask for the same packed bytes.
    const held = holding(file);
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += windowRows) {
      const rowEnd = Math.min(rowStart + windowRows, groupEnd);
      yield await parquetReadObjects({ file: held, metadata, columns, rowStart, rowEnd, compressors });
    }
    groupStart = groupEnd;
  }
}

function holding(file: AsyncBuffer): AsyncBuffer {
  const slices = new Map<string, ReturnType<AsyncBuffer["slice"]>>();
  return {
    byteLength: file.byteLength,
    slice: (start, end) => {
      const key = `${start}-${end}`;
      const slice = slices.get(key) ?? file.slice(start, end);
      slices.set(key, slice);
      return slice;
    },
  };
}

async function writeLines(to: string, batches: AsyncIterable<Record<string, unknown>[]>): Promise<void> {
  const partial = temporaryName(to);
  const out = await open(partial, "w");
  try {
    for await (const rows of batches) {
      await out.write(rows.map((row) => `${JSON.stringify(row, plain)}\n`).join(""));
    }
    await out.sync();
    await out.close();
    await rename(partial, to);
  } catch (error) {
    await out.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/** What JSON has no form for: whole numbers of 64 bits as numbers where they fit, bytes as base64. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

async function withFile<Result>(
  path: string,
  name: string,
  use: (file: AsyncBuffer) => Promise<Result>,
): Promise<Result> {
  const handle = await open(path, "r");
  try {
    return await use(await asyncBuffer(handle));
  } catch (cause) {
    if (cause instanceof LeyendaError || isErrno(cause, "ENOSPC", "EDQUOT", "EACCES", "EROFS", "EIO"))
      throw cause;
    throw new LeyendaError("SOURCE_INVALID", `the Parquet file cannot be read: ${(cause as Error).message}`, {
      where: name,
      expected: "a whole, unencrypted Parquet file",
      cause,
    });
  } finally {
    await handle.close();
  }
}
