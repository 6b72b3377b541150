import { resolvePath } from "@leyenda/core";
import { type Command, Option } from "commander";

import { addDatasetOptions, type DatasetOptions, openDataset } from "../options/dataset-options.js";
import { megabytes } from "../megabytes.js";
import type { Verb } from "../run-cli.js";

interface PushFlags extends DatasetOptions {
  revision: string;
  from?: string;
  message?: string;
  private?: boolean;
  dryRun?: boolean;
}

/** `leyenda push <dataset> <repo>`: one commit with what is new, or none when there is nothing. */
export function addPushVerb(program: Command, { io, exit }: Verb): void {
  const command = program
    .command("push")
    .description("publish a finished dataset on the Hugging Face hub; HF_TOKEN and HF_ENDPOINT are heeded")
    .addOption(new Option("--revision <branch>", "branch; made when it is not there").default("main"))
    .option("--from <folder>", "another folder than the dataset's own")
    .option("--message <title>", "title of the commit")
    .option("--private", "a repository that has to be made is seen by its owner only")
    .option("--dry-run", "say what would be sent, and send nothing");
  addDatasetOptions(command)
    .argument("<repo>", "owner/name")
    .action(async (dataset: string, repo: string, flags: PushFlags) => {
      const { folders } = await openDataset(dataset, flags, io);
      const { pushDataset } = await import("@leyenda/shards");
      const { HF_ENDPOINT: hubUrl, HF_TOKEN: token } = io.env;
      const { revision, from, message, dryRun = false } = flags;
      const aborter = new AbortController();
      const stopListening = io.onSignal((signal) => {
        exit(signal === "SIGINT" ? 130 : 143);
        aborter.abort();
      });
      let sent = 0;
      try {
        const folder = from === undefined ? folders.dataset : resolvePath(io.cwd, from);
        const result = await pushDataset(folder, repo, {
          revision,
          dryRun,
          private: flags.private === true,
          signal: aborter.signal,
          ...(message === undefined ? {} : { message }),
          ...(hubUrl === undefined || hubUrl === "" ? {} : { hubUrl }),
          ...(token === undefined || token === "" ? {} : { token }),
          onUpload: ({ path, bytes }) => {
            sent += bytes;
            io.err(`${path}  ${megabytes(bytes)}, ${megabytes(sent)} in all\n`);
          },
        });
        if (flags.json === true) io.out(`${JSON.stringify({ repo, revision, dryRun, ...result })}\n`);
        else {
          const { uploaded, removed, unchanged } = result;
          if (dryRun) {
            if (result.created) io.out(`make   ${repo}, branch ${revision}\n`);
            for (const path of uploaded) io.out(`upload ${path}\n`);
            for (const path of removed) io.out(`remove ${path}\n`);
          }
          const counts = `${uploaded.length} files uploaded (${megabytes(result.bytes)}), ${removed.length} removed, ${unchanged.length} unchanged`;
          io.out(`${repo}@${revision}: ${dryRun ? "would be " : ""}${counts}${at(result.commit)}\n`);
        }
      } catch (error) {
        if (!aborter.signal.aborted) throw error;
        io.err("leyenda: stopped before the commit; push again, and it goes on where it stopped\n");
      } finally {
        stopListening();
      }
    });
}

function at(commit: string | null): string {
  return commit === null ? "" : `; commit ${commit}`;
}
