import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type Manifest, sha256 } from "@leyenda/core";

/** A folder as a finished build leaves it, with shards of random bytes: publishing does not look into them. */
export async function makeDatasetFolder(
  folder: string,
  { train, validation, bytes }: { train: number; validation: number; bytes: number },
): Promise<void> {
  await mkdir(join(folder, ".records"), { recursive: true });
  await writeFile(join(folder, ".records", "train-00000.json"), "{}");
  await writeFile(join(folder, "train-00000.arrow.host-1-2.incomplete"), "half of a shard");
  await writeFile(join(folder, "README.md"), "# A dataset\n");
  await writeFile(join(folder, "dataset_info.json"), "{}\n");
  const parts: Manifest["parts"] = [];
  for (const [split, count] of Object.entries({ train, validation })) {
    for (let index = 0; index < count; index++) {
      const part = `${split}-${five(index)}-of-${five(count)}`;
      const content = randomBytes(bytes + index);
      const file = { name: `${part}.arrow`, bytes: content.length, sha256: sha256(content) };
      await writeFile(join(folder, file.name), content);
      parts.push({ part, rows: 10, hash: sha256(part), files: { shard: file }, facts: {} });
    }
  }
  const rows = parts.length * 10;
  const none = sha256("");
  const manifest: Manifest = {
    ...{ stage: "shards", dataset: "made", configHash: none, options: {}, inputHash: none },
    ...{ rows, outcomes: { ok: rows }, hash: none, parts, summary: { rootHash: sha256("root") } },
  };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
}

function five(value: number): string {
  return String(value).padStart(5, "0");
}
