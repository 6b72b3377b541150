import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { LeyendaError } from "@leyenda/core";

const configName = "dataset.json";

/**
 * Path of a dataset's config: a file, a folder with a `dataset.json`, or the name of a folder in the nearest `datasets/`.
 *
 * @throws LeyendaError CONFIG_MISSING naming the datasets there are
 */
export async function findDataset(dataset: string, cwd: string): Promise<string> {
  const direct = resolve(cwd, dataset);
  const found = await stat(direct).catch(() => null);
  if (found?.isFile() === true) return direct;
  if (found?.isDirectory() === true && (await isFile(join(direct, configName))))
    return join(direct, configName);
  const datasets = await nearestDatasets(cwd);
  if (datasets !== null && (await isFile(join(datasets, dataset, configName))))
    return join(datasets, dataset, configName);
  const names = datasets === null ? [] : await readdir(datasets, { withFileTypes: true });
  const folders = names.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  throw new LeyendaError("CONFIG_MISSING", `there is no dataset "${dataset}"`, {
    where: datasets ?? cwd,
    expected: `the path of a ${configName}${folders.length === 0 ? "" : `, or one of: ${folders.join(", ")}`}`,
  });
}

async function nearestDatasets(from: string): Promise<string | null> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, "datasets");
    if ((await stat(candidate).catch(() => null))?.isDirectory() === true) return candidate;
    if (dirname(folder) === folder) return null;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}
