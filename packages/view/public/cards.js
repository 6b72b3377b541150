import { element, number } from "./dom.js";

/** A row of the dataset in the page of many. */
export function rowCard(row, split, href) {
  return card(
    href,
    { "data-open": `${split}/${row.position}` },
    picture(`/pictures/dataset/${split}/${row.position}`),
    element("p", { class: "es", lang: "es" }, row.caption_es),
    element("p", {}, row.caption_en),
    row.flags.length === 0 ? null : element("p", { class: "marks" }, row.flags.join(", ")),
  );
}

/** A row of the list in the page of many, in the dataset or not. */
export function listCard(row, href) {
  return card(
    href,
    { "data-open": String(row.index) },
    row.hasPicture
      ? picture(`/pictures/clean/${row.index}`)
      : element("div", { class: "nothing" }, "no clean picture"),
    element("p", {}, row.caption),
    outcomeLine(row),
  );
}

/** A row that shows the same picture as another. */
export function nearCard(row, href) {
  const how = [
    row.isKept ? "kept" : row.reason === null ? "" : `found by ${row.reason}`,
    row.distance === null ? "" : `${number(row.distance)} bits apart`,
  ];
  return card(
    href,
    { "data-open": String(row.index) },
    picture(`/pictures/clean/${row.index}`),
    element("p", {}, row.caption),
    outcomeLine(row),
    element("p", { class: "dim" }, how.filter((part) => part !== "").join(", ")),
  );
}

function outcomeLine({ outcome, detail = null, split }) {
  return split === null
    ? element("p", { class: "marks" }, detail === null ? outcome : `${outcome}: ${detail}`)
    : element("p", { class: "marks kept" }, `in ${split}`);
}

function card(href, attributes, ...children) {
  return element("li", {}, element("a", { href, ...attributes }, ...children));
}

function picture(src) {
  // Its caption stands below it, in the same link.
  return element("img", { src, alt: "", loading: "lazy", decoding: "async" });
}
