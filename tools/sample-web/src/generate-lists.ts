import { generateRows, rowCount, samplePort } from "./generate-rows.js";

/**
 * The sample's two files: the list, `url ⇥ caption`, and the references, `url ⇥ caption ⇥ Spanish`.
 *
 * @param more so many further rows, and none of the sample's
 */
export function generateLists(more = 0): { list: Buffer; references: string } {
  const rows = more > 0 ? generateRows(samplePort, more).slice(rowCount) : generateRows();
  const newline = Buffer.from("\n");
  return {
    list: Buffer.concat(rows.flatMap((row) => [row.text, newline])),
    references: rows
      .filter((row) => row.behaviour !== "malformedRow")
      .map(({ url, caption, reference }) => `${url}\t${caption}\t${reference}\n`)
      .join(""),
  };
}
