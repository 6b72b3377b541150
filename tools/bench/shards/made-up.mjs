// A data folder as the stages before `arrange` leave it, with made-up rows, for the benchmarks beside this file.

import { createRequire } from "node:module";

import {
  contentNaming,
  datasetConfigSchema,
  datasetFolders,
  fetchedRowSchema,
  ImagesWriter,
  runStage,
  sha256,
  translatedRowSchema,
  writeRows,
} from "../../../packages/core/dist/index.js";

// The one that the package brings along: benchmarks have no dependencies of their own.
const sharp = createRequire(new URL("../../../packages/shards/package.json", import.meta.url))("sharp");

const rowsPerPart = 10_000;

/** Pixels of the pictures' sides. */
const side = 64;

/** JPEGs of noise of about 2 KB each, all different, and none near to another by its looks. */
export function drawPictures(count) {
  const noise = { type: "gaussian", mean: 128, sigma: 40 };
  return Promise.all(
    Array.from({ length: count }, () =>
      sharp({ create: { width: side, height: side, channels: 3, background: "black", noise } })
        .jpeg({ quality: 78 })
        .toBuffer(),
    ),
  );
}

/** One of the pictures, with the row's number behind the JPEG's end, so that no two rows have the same bytes. */
export function pictureOf(pictures, number) {
  const all = pictures(number);
  return Buffer.concat([all[number % all.length], Buffer.from(String(number).padStart(8, "0"))]);
}

/** @returns what the stages after are run with: config and folders */
export function madeUpContext(dataDir, { train, validation, shards }) {
  const config = datasetConfigSchema.parse({
    name: "bench",
    source: { path: "list.tsv", rowsPerPart },
    select: { train, validation },
    translate: { model: "model" },
    shards,
  });
  return { config, folders: datasetFolders("bench", dataDir) };
}

/** Writes clean pictures and translated rows: `pictures(number)` are those to choose from, `placeOf(number)` is the split and position. */
export async function makeUp(context, { pictures, placeOf }) {
  const { train, validation } = context.config.select;
  const rows = train + validation;
  const places = new Map();
  const input = { rows, pictures, placeOf, places };
  for (const [name, folder] of [
    ["fetch", "fetched"],
    ["clean", "clean"],
    ["select", "selected"],
    ["translate", "translated"],
  ])
    await runStage(madeUp(name, folder, input), context);
}

export function urlOf(number) {
  return `http://h${number % 1_000}.example/${number}.jpg`;
}

function madeUp(name, folder, { rows, pictures, placeOf, places }) {
  const parts = [];
  for (let start = 0; start < rows; start += rowsPerPart)
    parts.push({
      name: `part-${String(parts.length).padStart(5, "0")}`,
      rows: Math.min(rowsPerPart, rows - start),
      inputHash: sha256(`part ${start}`),
      input: start,
    });
  return {
    name,
    folder,
    module: import.meta.url,
    partsInFlight: 1,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({}),
    options: () => ({}),
    plan: () => Promise.resolve({ parts }),
    async *run(part, { create }) {
      yield { rows: 0, bytes: 0, outcomes: {} };
      const numbers = Array.from({ length: part.rows }, (_, index) => part.input + index);
      // The card is told of addresses; nothing else is read of the others.
      if (name === "fetch") {
        const made = numbers.map((number) => ({ url: urlOf(number), outcome: "ok" }));
        await writeRows(await create("rows.arrow"), fetchedRowSchema, made);
      }
      if (name === "clean") {
        const images = new ImagesWriter(await create("images.arrow"));
        const offsets = new Float64Array(part.rows);
        for (const number of numbers)
          await images.add(pictureOf(pictures, number), ({ offset }) => {
            offsets[number - part.input] = offset;
          });
        await images.finish();
        places.set(part.name, offsets);
      } else if (name === "translate") {
        const made = numbers.map((number) => ({
          ...rowOf(number, pictureOf(pictures, number)),
          ...placeOf(number),
          image_part: part.name,
          image_offset: BigInt(places.get(part.name)[number - part.input]),
        }));
        await writeRows(await create("rows.arrow"), translatedRowSchema, made);
      }
      return { rows: part.rows, outcomes: { ok: part.rows } };
    },
  };
}

function rowOf(number, bytes) {
  const look = sha256(`look ${number}`);
  return {
    line: number + 1,
    key: sha256(`row ${number}`).slice(0, 32),
    url: urlOf(number),
    final_url: urlOf(number),
    caption_en: `a picture with the number ${number}, one of very many in this list`,
    caption_es: `una imagen con el número ${number}, una de las muchísimas de esta lista`,
    score: -1,
    source_tokens: 4,
    target_tokens: 4,
    source_truncated: false,
    target_truncated: false,
    unknown_pieces: 0,
    flags: "",
    source_sha256: sha256(bytes),
    source_format: "jpeg",
    source_width: side,
    source_height: side,
    phash: look.slice(0, 16),
    dhash: look.slice(16, 32),
    width: side,
    height: side,
    image_length: bytes.length,
    extra: null,
  };
}
