import {
  contentNaming,
  datasetConfigSchema,
  datasetFolders,
  type FetchedRow,
  fetchedRowSchema,
  ImagesWriter,
  type PartPlan,
  runStage,
  sha256,
  type Stage,
  writeRows,
} from "@leyenda/core";

/** A data folder as `fetch` leaves it, with the given bodies, cut into parts of the given number of rows. */
export async function fetchedPictures(
  dataDir: string,
  bodies: Uint8Array[],
  rowsPerPart: number,
): Promise<void> {
  const config = datasetConfigSchema.parse({
    name: "test",
    source: { path: "list.tsv" },
    select: { train: 1, validation: 1 },
    translate: { model: "model" },
  });
  const parts = Array.from({ length: Math.ceil(bodies.length / rowsPerPart) }, (_, index): PartPlan => {
    const rows = Math.min(rowsPerPart, bodies.length - index * rowsPerPart);
    return { name: `part-0000${index}`, rows, inputHash: sha256(`${index}`), input: index };
  });
  const stage: Stage = {
    name: "fetch",
    folder: "fetched",
    module: import.meta.url,
    partsInFlight: 1,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({}),
    options: () => ({}),
    plan: () => Promise.resolve({ parts }),
    async *run({ rows: count, input }, { create }) {
      yield { rows: count, bytes: 0, outcomes: { ok: count } };
      const first = Number(input) * rowsPerPart;
      const images = new ImagesWriter(await create("images.arrow"));
      const rows: FetchedRow[] = [];
      for (const [index, body] of bodies.slice(first, first + count).entries()) {
        const row = fetchedRow(first + index, body);
        await images.add(body, ({ offset, length }) => {
          row.image_offset = BigInt(offset);
          row.image_length = length;
        });
        rows.push(row);
      }
      await images.finish();
      await writeRows(await create("rows.arrow"), fetchedRowSchema, rows);
      return { rows: count, outcomes: { ok: count } };
    },
  };
  await runStage(stage, { config, folders: datasetFolders("test", dataDir) });
}

function fetchedRow(index: number, body: Uint8Array): FetchedRow {
  return {
    line: index + 1,
    key: sha256(`row ${index}`).slice(0, 32),
    url: `http://a.example/${index}`,
    caption: `caption ${index}`,
    outcome: "ok",
    status: 200,
    final_url: null,
    content_type: null,
    robots_tag: null,
    robots_txt: null,
    tdmrep: null,
    detail: null,
    sha256: sha256(body),
    bytes: body.byteLength,
    attempts: 1,
    redirects: 0,
    etag: null,
    last_modified: null,
    elapsed_ms: 0,
    fetched_at: 0,
    image_file: "images.arrow",
    image_offset: null,
    image_length: null,
  };
}
