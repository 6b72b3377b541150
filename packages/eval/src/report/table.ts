import { html, type Markup } from "./html.js";

export interface Column<Row> {
  /** @default "" */
  head?: string;
  cell: (row: Row) => Markup | string;
  /** How the cell is set: a number to the right, the room for a bar, or less strong. @default text */
  kind?: "number" | "number dim" | "bar" | "dim";
}

/**
 * A table with a line for each row; its first column heads the line. Without the name of any column there is no head.
 *
 * @param classOf a class of the whole line
 */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  classOf: (row: Row) => string = () => "",
): Markup {
  const [first, ...others] = columns;
  if (first === undefined) throw new Error("a table has a column");
  const lines = rows.map(
    (row) =>
      html`<tr class="${classOf(row)}">
        <th scope="row">${first.cell(row)}</th>
        ${others.map(({ cell, kind = "" }) => html`<td class="${kind}">${cell(row)}</td>`)}
      </tr>`,
  );
  const heads = columns.map(({ head, kind = "" }) =>
    head === undefined ? html`<td></td>` : html`<th scope="col" class="${kind}">${head}</th>`,
  );
  const named = columns.some(({ head }) => head !== undefined);
  // A wide table is moved with the keys as well.
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      ${
        named
          ? html`<thead>
              <tr>
                ${heads}
              </tr>
            </thead>`
          : html``
      }
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}
