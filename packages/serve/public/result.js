import { element } from "/dom.js";
import { heatMap } from "/heat-map.js";
import { number, say } from "/language.js";

/**
 * What the model says of a picture: the picture, its caption, and all captions that the search found.
 *
 * @param {object} answer of the API
 * @param {{ address: string, reference: string | null }} shown where the browser has the picture, and what its dataset says of it
 */
export function showResult(answer, { address, reference }) {
  const { caption, score, alternatives, cut, picture, words = null } = answer;
  const image = element("img", { src: address, alt: say("picture", picture) });
  const note = element(
    "figcaption",
    { class: "dim" },
    `${picture.format}, ${picture.width} × ${picture.height}`,
  );
  image.addEventListener("error", () => {
    image.remove();
    note.textContent = say("hidden");
  });
  const map = words === null ? null : heatMap(words, picture);
  return [
    element("figure", {}, element("div", { class: "seen" }, image, map?.veil ?? null), note),
    element("blockquote", { lang: "es" }, ...(map?.words ?? [caption])),
    map?.note ?? null,
    cut ? element("p", { class: "marks" }, say("cut")) : null,
    reference === null
      ? null
      : element("p", { class: "dim" }, say("reference"), element("q", { lang: "es" }, reference)),
    table([{ caption, score }, ...alternatives]),
  ].filter((part) => part !== null);
}

/** Captions with their scores, and how likely each is among them. */
function table(captions) {
  const weights = captions.map(({ score }) => Math.exp(score));
  const sum = weights.reduce((all, weight) => all + weight, 0) || 1;
  const head = [say("caption"), say("score"), say("share")].map((name) =>
    element("th", { scope: "col" }, name),
  );
  return element(
    "table",
    {},
    element("caption", {}, say("all")),
    element("thead", {}, element("tr", {}, ...head)),
    element(
      "tbody",
      {},
      ...captions.map(({ caption, score }, index) => {
        const share = weights[index] / sum;
        const percent = `${number(share * 100)} %`;
        return element(
          "tr",
          {},
          element("td", { lang: "es" }, caption),
          element("td", { class: "number" }, number(score, 3)),
          element(
            "td",
            { class: "number" },
            element(
              "meter",
              { min: "0", max: "1", value: String(share), "aria-label": say("share") },
              percent,
            ),
            ` ${percent}`,
          ),
        );
      }),
    ),
  );
}
