import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { generateRows, type SampleWeb, startSampleWeb } from "@leyenda/sample-web";

const sample = fileURLToPath(new URL("../../../datasets/sample", import.meta.url));

/** A folder with a dataset config over the first rows of the sample, and the web that serves them. */
export interface SmallSample {
  config: string;
  folder: string;
  web: SampleWeb;
  close: () => Promise<void>;
}

export interface SmallSampleOptions {
  rows: number;
  /** So many rows behind the sample's are drawn, too, for samples that are larger than it. @default 0 */
  more?: number;
  rowsPerPart: number;
  train: number;
  validation: number;
  /** Whether the build ends in the scores of the sample's captioner. @default false */
  captioner?: boolean;
  /** Laid over the sample's config, section by section. */
  overrides?: Record<string, Record<string, unknown>>;
}

/** Copies the sample's list to a port of its own, so that tests run side by side and beside a real build. */
export async function makeSmallSample(options: SmallSampleOptions): Promise<SmallSample> {
  const folder = await mkdtemp(join(tmpdir(), "leyenda-e2e-"));
  const { more = 0 } = options;
  const web = await startSampleWeb({ port: 0, more, keep: true });
  const move = (text: string): string => text.replaceAll(":47811/", `:${web.port}/`);
  const list = generateRows(undefined, more).map(({ text }) => text.toString("latin1"));
  const rows = list.slice(0, options.rows);
  await writeFile(join(folder, "urls.tsv"), move(`${rows.join("\n")}\n`), "latin1");
  await writeFile(
    join(folder, "references.tsv"),
    move(await readFile(join(sample, "references.tsv"), "utf8")),
  );
  const base = JSON.parse(await readFile(join(sample, "dataset.json"), "utf8")) as Record<
    string,
    Record<string, unknown>
  >;
  const config: Record<string, unknown> = {
    ...base,
    name: "small",
    source: { path: "urls.tsv", rowsPerPart: options.rowsPerPart },
    fetch: { ...base.fetch, totalMs: 2_000, headersMs: 1_500, stallMs: 1_000, retries: 2, retryBaseMs: 50 },
    select: { ...base.select, train: options.train, validation: options.validation },
    translate: { ...base.translate, model: join(sample, "model"), beams: 1 },
    shards: { ...base.shards, rowsPerShard: 25 },
    eval: { ...base.eval, captioner: options.captioner === true ? join(sample, "captioner") : null },
  };
  for (const [section, values] of Object.entries(options.overrides ?? {})) {
    config[section] = { ...(config[section] as Record<string, unknown>), ...values };
  }
  await writeFile(join(folder, "dataset.json"), JSON.stringify(config, null, 2));
  return {
    config: join(folder, "dataset.json"),
    folder,
    web,
    close: async () => {
      await web.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
