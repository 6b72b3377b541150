import { nearCard } from "./cards.js";
import { ask, element, number, webLink } from "./dom.js";

/** Facts that are addresses of the web. */
const addresses = ["url", "final_url"];

/** Milliseconds between questions how far the index of near duplicates is. */
const pollMs = 700;

/** Columns that every file repeats, and places in files that mean nothing to people. */
const ofTheList = ["line", "key", "url", "caption", "extra"];
const repeated = [
  ...ofTheList,
  "caption_en",
  "caption_es",
  "row",
  "split",
  "position",
  "image_part",
  "image_file",
  "image_offset",
  "image_length",
];

/** What is known of a row, from the list to the dataset; `near` is the place of its near duplicates. */
export function detailsOf(lineage, near) {
  const { index, dataset, clean, fetched, selection, translated } = lineage;
  return [
    ...captions(lineage),
    verdict(lineage),
    element("div", { class: "pictures" }, ...pictures(lineage)),
    near,
    ...facts("In the list", clean, (name) => ofTheList.includes(name)),
    ...facts("Download", fetched, isOwn),
    ...facts("Cleaning", clean, isOwn),
    ...facts("Selection", selection, isOwn),
    ...facts("Translation", translated, isOwn),
    ...facts("In the dataset", dataset, (name) => !name.startsWith("caption_")),
    index === null
      ? element(
          "p",
          { class: "dim" },
          "Where this row comes from is not known: the list's folders are not beside the dataset.",
        )
      : null,
  ].filter((part) => part !== null);
}

function isOwn(name) {
  return !repeated.includes(name);
}

function captions({ dataset, clean }) {
  if (dataset === null) return [element("p", { lang: "en" }, clean.caption)];
  return [
    element("p", { class: "es", lang: "es" }, dataset.caption_es),
    element("p", { lang: "en" }, dataset.caption_en),
  ];
}

/** A place for the rows that show the same picture, filled once they are known; `signal` ends the asking. */
export function nearDuplicates(index, hrefOf, signal) {
  const section = element("section", {}, element("h3", {}, "Near duplicates"));
  const status = element("p", { class: "dim", role: "status" }, "Looking …");
  section.append(status);
  const look = async () => {
    for (;;) {
      const { progress, rows, more } = await ask(`/api/list/${index}/near`, signal);
      if (progress < 1)
        status.textContent = `Reading the selection for the first time: ${Math.round(progress * 100)} %`;
      else {
        status.textContent =
          rows.length === 0
            ? "None was found."
            : `${number(rows.length)}${more ? " of more" : ""} with the same picture`;
        section.append(element("ol", { class: "cards" }, ...rows.map((row) => nearCard(row, hrefOf(row)))));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  };
  look().catch((error) => {
    if (!signal.aborted) status.textContent = error.message;
  });
  return section;
}

function verdict({ outcome, class: kind, split, position, clean, fetched }) {
  if (split !== null) return element("p", { class: "kept" }, `In ${split}, row ${number(position)}`);
  const detail = clean?.detail ?? fetched?.detail ?? null;
  return element(
    "p",
    { class: "marks" },
    `Not in the dataset: ${outcome} (${kind})${detail === null ? "" : `: ${detail}`}`,
  );
}

function pictures({ index, split, position, dataset, clean, fetched }) {
  const caption = dataset?.caption_es ?? clean?.caption ?? "";
  const lang = dataset === null ? "en" : "es";
  const shown = [];
  if (split !== null)
    shown.push(figure(`/pictures/dataset/${split}/${position}`, caption, lang, "as it is in the dataset"));
  else if (clean !== null && clean.image_length !== null)
    shown.push(figure(`/pictures/clean/${index}`, caption, lang, "as it was cleaned"));
  if (fetched !== null && fetched.image_length !== null)
    shown.push(figure(`/pictures/fetched/${index}`, caption, lang, "as it was downloaded"));
  return shown;
}

function figure(src, alt, lang, caption) {
  const image = element("img", { src, alt, lang });
  const text = element("figcaption", {}, caption);
  image.addEventListener("load", () => {
    text.textContent = `${caption}, ${image.naturalWidth} × ${image.naturalHeight}`;
  });
  image.addEventListener("error", () => {
    image.remove();
    text.textContent = `${caption}: it is not, or not safely, shown by a browser`;
  });
  return element("figure", {}, image, text);
}

function facts(title, values, isWanted) {
  if (values === null) return [];
  const known = Object.entries(values).filter(
    ([name, value]) => isWanted(name) && value !== null && value !== "",
  );
  if (known.length === 0) return [];
  return [
    element("h3", {}, title),
    element(
      "dl",
      { class: "facts" },
      ...known.map(([name, value]) =>
        element("div", {}, element("dt", {}, name), element("dd", {}, show(name, value))),
      ),
    ),
  ];
}

function show(name, value) {
  if (addresses.includes(name)) return webLink(String(value));
  if (name.endsWith("_at") && typeof value === "number") return new Date(value).toISOString();
  if (typeof value === "number" && !Number.isInteger(value))
    return String(Math.round(value * 10_000) / 10_000);
  return String(value);
}
