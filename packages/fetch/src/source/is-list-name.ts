/** Whether a file in a folder is taken for one of the list's: by its extension, and not hidden or marked as no data. */
export function isListName(name: string): boolean {
  return /^[^._].*\.(tsv|tab|csv|jsonl|ndjson|txt|parquet)(\.(gz|gzip|zst|zstd))?$/i.test(name);
}
