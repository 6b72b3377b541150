/** Command line of the reader's benchmark; see ../README.md. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

import { readAll, type ReadFigures } from "./read-all.js";
import { writeRows } from "./write-rows.js";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "12400000" },
    out: { type: "string", default: tmpdir() },
    /** Reads this list instead of writing one; what the benchmark starts itself with. */
    list: { type: "string" },
  },
});

if (values.list !== undefined) {
  console.log(JSON.stringify(await readAll(values.list, values.out)));
} else {
  const folder = await mkdtemp(join(values.out, "leyenda-reader-"));
  try {
    const list = join(folder, "list.tsv");
    const written = await writeRows(list, Number(values.rows));
    // In a process of its own, so that its memory is the reader's alone.
    const { stdout } = await promisify(execFile)(process.execPath, [
      import.meta.filename,
      "--list",
      list,
      "--out",
      folder,
    ]);
    const read = JSON.parse(stdout) as ReadFigures;
    for (const name of ["rows", "urlLength", "captionLength"] as const) {
      if (read[name] !== written[name])
        throw new Error(`${name}: wrote ${written[name]}, read ${read[name]}`);
    }
    const seconds = read.planSeconds + read.readSeconds;
    console.log(
      [
        `list     ${written.rows.toLocaleString("en")} rows, ${(written.bytes / 1e9).toFixed(2)} GB, ${read.parts.toLocaleString("en")} parts`,
        `plan     ${read.planSeconds.toFixed(1)} s`,
        `read     ${read.readSeconds.toFixed(1)} s`,
        `in all   ${seconds.toFixed(1)} s, ${Math.round(read.rows / seconds).toLocaleString("en")} rows/s`,
        `memory   ${Math.round(read.peakBytes / 1e6)} MB at most`,
      ].join("\n"),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
