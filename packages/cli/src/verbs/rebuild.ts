import { copyFile, link, mkdir, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { isBucket, isErrno, LeyendaError, readManifest, requireManifest, resolvePath } from "@leyenda/core";
import type { Command } from "commander";

import { addDatasetOptions, openDataset, overwriteOption } from "../options/dataset-options.js";
import { addRunOptions, type RunOptions } from "../options/run-options.js";
import type { Verb } from "../run-cli.js";
import { runVerbs } from "../run-verb.js";

interface RebuildOptions extends RunOptions {
  fromFetched: string;
}

/** `leyenda rebuild <dataset> --from-fetched <folder>`: exit code 1 when another dataset comes out. */
export function addRebuildVerb(program: Command, verb: Verb): void {
  const command = program
    .command("rebuild")
    .description("run everything after fetch again, from kept downloads, in another data folder; compare");
  addRunOptions(addDatasetOptions(command))
    .requiredOption("--from-fetched <folder>", "a fetched/ folder, or the data folder that holds it")
    .addOption(overwriteOption())
    .action(async (dataset: string, options: RebuildOptions) => {
      const opened = await openDataset(dataset, options, verb.io);
      const source = await fetchedIn(resolvePath(verb.io.cwd, options.fromFetched));
      const { folders } = opened;
      if (source === folders.fetched)
        throw new LeyendaError("USAGE", "a rebuild needs a data folder of its own", {
          where: folders.root,
          hint: "give another one with --data-dir",
        });
      if (isBucket(source) || isBucket(folders.root))
        throw new LeyendaError(
          "USAGE",
          "a rebuild takes downloads over as links, which a bucket does not have",
          {
            where: isBucket(source) ? source : folders.root,
            hint: "copy fetched/ into another prefix, and build there with DATA_DIR",
          },
        );
      await takeOver(source, folders.fetched);
      await takeOverTakedowns(dirname(source), folders.root);
      await runVerbs(["clean", "translate", "shards"], opened, options, verb);
      const [before, after] = await Promise.all([
        rootHash(join(dirname(source), "dataset")),
        rootHash(folders.dataset),
      ]);
      // Interrupted: the exit code says so already.
      if (after === null) return;
      const equal = before === null ? null : before === after;
      if (options.json === true)
        verb.io.out(`${JSON.stringify({ type: "rebuild", before, after, equal })}\n`);
      else verb.io.out(describe(before, after));
      if (equal === false) verb.exit(1);
    });
}

async function fetchedIn(folder: string): Promise<string> {
  const inner = join(folder, "fetched");
  const isRoot = basename(folder) !== "fetched" && (await stat(inner).catch(() => null)) !== null;
  const fetched = isRoot ? inner : folder;
  await requireManifest(fetched, "fetch");
  return fetched;
}

/** Links a folder's files; what is there already stays. Downloads and backfills are never written to, so links are safe. */
async function takeOver(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const names = (await readdir(from)).filter((name) => !name.endsWith(".incomplete"));
  // The manifest last: without it the folder is not finished.
  names.sort((a, b) => Number(a === "manifest.json") - Number(b === "manifest.json"));
  for (const name of names)
    if ((await stat(join(from, name))).isFile()) await takeOverFile(join(from, name), join(to, name));
}

/** What was taken down stays so, and what took its place. */
async function takeOverTakedowns(from: string, to: string): Promise<void> {
  const { backfillFolder } = await import("@leyenda/shards");
  await takeOverFile(join(from, "takedown.jsonl"), join(to, "takedown.jsonl"));
  const backfills = join(from, backfillFolder);
  if ((await stat(backfills).catch(() => null))?.isDirectory() === true)
    await takeOver(backfills, join(to, backfillFolder));
}

async function takeOverFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (isErrno(error, "EEXIST", "ENOENT")) return;
    if (!isErrno(error, "EXDEV", "EPERM", "ENOTSUP", "EMLINK")) throw error;
    await copyFile(from, to);
  }
}

async function rootHash(dataset: string): Promise<string | null> {
  const hash = (await readManifest(dataset))?.summary.rootHash;
  return typeof hash === "string" ? hash : null;
}

function describe(before: string | null, after: string): string {
  if (before === null)
    return `root hash: ${after} (there is no dataset beside the downloads to compare it with)\n`;
  const verdict =
    before === after
      ? "the same dataset, byte for byte"
      : "ANOTHER DATASET: other options, models or versions";
  return `root hash before: ${before}\nroot hash now:    ${after}\n${verdict}\n`;
}
