import {
  type CleanRow,
  cleanRowSchema,
  contentNaming,
  type DatasetConfig,
  type DatasetFolders,
  runStage,
  type SelectionRow,
  selectionRowSchema,
  sha256,
  type Stage,
  writeRows,
} from "@leyenda/core";

const validationEvery = 10;

const fake = {
  module: import.meta.url,
  partsInFlight: 1,
  recordFolder: ".",
  naming: contentNaming,
  versions: () => ({}),
  options: () => ({}),
};

/** A data folder as the stages before `translate` leave it, all rows chosen, without pictures. */
export async function writeSelected(
  config: DatasetConfig,
  folders: DatasetFolders,
  captions: readonly string[],
): Promise<void> {
  const { rowsPerPart } = config.source;
  const starts = Array.from(
    { length: Math.ceil(captions.length / rowsPerPart) },
    (_, part) => part * rowsPerPart,
  );
  const parts = starts.map((start, index) => ({
    name: `part-${String(index).padStart(5, "0")}`,
    start,
    captions: captions.slice(start, start + rowsPerPart),
  }));
  const clean: Stage = {
    ...fake,
    name: "clean",
    folder: "clean",
    plan: () =>
      Promise.resolve({
        parts: parts.map(({ name, start, captions: { length } }) => ({
          name,
          rows: length,
          inputHash: sha256(name),
          input: start,
        })),
      }),
    async *run({ rows, input }, { create }) {
      yield { rows, bytes: 0, outcomes: { ok: rows } };
      const start = input as number;
      const chosen = captions
        .slice(start, start + rows)
        .map((caption, row) => cleanRow(start + row, caption));
      await writeRows(await create("rows.arrow"), cleanRowSchema, chosen);
      return { rows, outcomes: { ok: rows } };
    },
  };
  const select: Stage = {
    ...fake,
    name: "select",
    folder: "selected",
    plan: () =>
      Promise.resolve({
        parts: [{ name: "selection", rows: captions.length, inputHash: sha256("select"), input: null }],
      }),
    async *run({ rows }, { create }) {
      yield { rows, bytes: 0, outcomes: { ok: rows } };
      for (const { name, start, captions: own } of parts) {
        const verdicts = own.map((_, row) => selectionRow(start + row, row));
        await writeRows(await create(`${name}.arrow`), selectionRowSchema, verdicts);
      }
      const selectedRows = Object.fromEntries(parts.map(({ name, captions: own }) => [name, own.length]));
      return { rows, outcomes: { ok: rows }, facts: { selectedRows } };
    },
  };
  await runStage(clean, { config, folders });
  await runStage(select, { config, folders });
}

function keyOf(line: number): string {
  return sha256(String(line)).slice(0, 32);
}

function cleanRow(line: number, caption: string): CleanRow {
  return {
    line: line + 1,
    key: keyOf(line),
    url: `http://a.example/${line}.jpg`,
    final_url: `http://a.example/${line}.jpg`,
    caption,
    outcome: "ok",
    detail: null,
    source_sha256: sha256(`picture ${line}`),
    source_format: "jpeg",
    source_width: 640,
    source_height: 480,
    width: 64,
    height: 48,
    phash: null,
    dhash: null,
    image_offset: BigInt(line),
    image_length: 1,
  };
}

function selectionRow(line: number, row: number): SelectionRow {
  const isValidation = line % validationEvery === 0;
  return {
    row,
    key: keyOf(line),
    verdict: isValidation ? "validation" : "train",
    position: line,
    kept_key: null,
    reason: null,
    distance: null,
  };
}
