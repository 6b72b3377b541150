import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Contestant } from "./contestant.js";

/** aria2c: the raw limit of one process without hashes, rows or records; every body is a file. */
export const aria2c: Contestant = {
  name: "aria2c",
  prepare: async ({ folder, list }) => {
    const lines = list.map(({ url }, index) => `${url}\n  out=${index}\n`);
    await writeFile(join(folder, "list.txt"), lines.join(""));
  },
  commands: ({ folder, connections }) => [
    [
      "aria2c",
      `--input-file=${join(folder, "list.txt")}`,
      `--dir=${join(folder, "out")}`,
      `--max-concurrent-downloads=${connections}`,
      "--split=1",
      "--max-tries=1",
      "--file-allocation=none",
      "--auto-file-renaming=false",
      "--console-log-level=error",
      "--summary-interval=0",
      "--download-result=hide",
    ],
  ],
  stored: ({ folder }) => countFiles(join(folder, "out")),
};

/** curl --parallel: the same, with curl's connection cache. */
export const curl: Contestant = {
  name: "curl",
  prepare: async ({ folder, list }) => {
    await mkdir(join(folder, "out"));
    const lines = list.map(({ url }, index) => `url=${url}\noutput=${join(folder, "out", `${index}`)}\n`);
    await writeFile(join(folder, "curl.txt"), lines.join(""));
  },
  commands: ({ folder, connections }) => [
    [
      "curl",
      "--parallel",
      "--parallel-immediate",
      "--parallel-max",
      `${connections}`,
      "--fail",
      "--silent",
      "--config",
      join(folder, "curl.txt"),
    ],
  ],
  stored: ({ folder }) => countFiles(join(folder, "out")),
};

async function countFiles(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.filter((size) => size > 0).length;
}
