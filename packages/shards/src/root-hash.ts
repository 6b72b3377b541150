import { type Manifest, sha256 } from "@leyenda/core";

/**
 * The one hash that names a dataset: SHA-256 of what `sha256sum *.arrow` prints in its folder (`LC_ALL=C`), so that anyone can
 * check it with coreutils: `sha256sum *.arrow | sha256sum`.
 */
export function rootHash({ parts }: Manifest): string {
  const lines = parts
    .flatMap(({ files }) => files.shard ?? [])
    .map((file) => ({ name: file.name, line: `${file.sha256}  ${file.name}\n` }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return sha256(lines.map(({ line }) => line).join(""));
}
