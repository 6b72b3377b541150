import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Contestant } from "./contestant.js";

/** What it makes of a picture: 256 px with a border; the same size; or nothing, so that bodies stay as they came. */
const modes = {
  "256": { resize_mode: "border", image_size: 256, encode_quality: 95 },
  // All that a user gets who turns resizing off: pictures are decoded and encoded again all the same.
  "no-resize": { resize_mode: "no" },
  bodies: { resize_mode: "no", disable_all_reencoding: "True" },
} as const;

/**
 * img2dataset into WebDataset tars, with the header check that both sides make.
 *
 * @param venv folder of its virtual environment
 */
export function img2dataset({ venv, mode }: { venv: string; mode: keyof typeof modes }): Contestant {
  return {
    name: `img2dataset-${mode}`,
    // Else every process asks a registry for its newest version, or waits until it gives that up.
    env: { NO_ALBUMENTATIONS_UPDATE: "1", WANDB_MODE: "disabled" },
    prepare: async ({ folder, list }) => {
      const lines = list.map(({ url }, index) => `${url}\tphoto ${index}\n`);
      await writeFile(join(folder, "urls.tsv"), `url\tcaption\n${lines.join("")}`);
    },
    commands: ({ folder, list, processes, connections }) => {
      const options: Record<string, string | number> = {
        url_list: join(folder, "urls.tsv"),
        input_format: "tsv",
        caption_col: "caption",
        output_folder: join(folder, "out"),
        output_format: "webdataset",
        processes_count: processes,
        thread_count: Math.ceil(connections / processes),
        number_sample_per_shard: Math.ceil(list.length / (2 * processes)),
        ...modes[mode],
      };
      const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
      return [[join(venv, "bin/img2dataset"), ...flags]];
    },
    stored: async ({ folder }) => {
      const names = (await readdir(join(folder, "out"))).filter((name) => name.endsWith("_stats.json"));
      const stats = await Promise.all(names.map((name) => readFile(join(folder, "out", name), "utf8")));
      return stats.reduce((sum, text) => sum + (JSON.parse(text) as { successes: number }).successes, 0);
    },
  };
}
