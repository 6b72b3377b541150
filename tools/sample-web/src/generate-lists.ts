import { generateRows } from "./generate-rows.js";

/** The sample's two files: the list, `url ⇥ caption`, and the references, `url ⇥ caption ⇥ Spanish`. */
export function generateLists(): { list: Buffer; references: string } {
  const rows = generateRows();
  const newline = Buffer.from("\n");
  return {
    list: Buffer.concat(rows.flatMap((row) => [row.text, newline])),
    references: rows
      .filter((row) => row.behaviour !== "malformedRow")
      .map(({ url, caption, reference }) => `${url}\t${caption}\t${reference}\n`)
      .join(""),
  };
}
