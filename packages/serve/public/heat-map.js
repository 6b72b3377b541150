import { element } from "/dom.js";
import { say } from "/language.js";

/** How dark the picture is where the model did not look, of 1. */
const darkest = 0.8;

/**
 * A caption's words, each of which shows where in the picture the model looked while it wrote it: the rest is veiled.
 *
 * @param {{ text: string, places: number[] }[]} words shares of the square in the picture's middle, row by row
 * @param {{ width: number, height: number }} picture
 * @returns {{ words: (Node | string)[], veil: HTMLCanvasElement, note: HTMLElement }}
 */
export function heatMap(words, { width, height }) {
  const edge = Math.sqrt(words[0]?.places.length ?? 1);
  const veil = element("canvas", { width: String(edge), height: String(edge), "aria-hidden": "true" });
  const side = Math.min(width, height);
  for (const [name, whole] of [
    ["width", width],
    ["height", height],
  ])
    veil.style[name] = `${(100 * side) / whole}%`;
  veil.hidden = true;
  const note = element("p", { class: "dim", "aria-live": "polite" }, say("looked"));
  let kept = null;

  const show = (word) => {
    veil.hidden = word === null;
    note.textContent = word === null ? say("looked") : describe(word, edge);
    if (word !== null) draw(veil, word.places);
  };
  const keep = (word, button) => {
    const isKept = kept?.button === button;
    kept?.button.setAttribute("aria-pressed", "false");
    kept = isKept ? null : { word, button };
    button.setAttribute("aria-pressed", String(!isKept));
    show(kept?.word ?? null);
  };
  const buttons = words.map((word) => {
    const button = element("button", { type: "button", class: "word", "aria-pressed": "false" }, word.text);
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => show(word));
    for (const event of ["pointerleave", "blur"])
      button.addEventListener(event, () => show(kept?.word ?? null));
    button.addEventListener("click", () => keep(word, button));
    return button;
  });
  return { words: buttons.flatMap((button, at) => (at === 0 ? [button] : [" ", button])), veil, note };
}

/** The place that was looked at most is clear, one that was not looked at at all is dark. */
function draw(canvas, places) {
  const { width, height } = canvas;
  const most = Math.max(...places) || 1;
  const image = new ImageData(width, height);
  for (const [at, share] of places.entries())
    image.data[at * 4 + 3] = Math.round(255 * darkest * (1 - share / most));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** In words, for whoever does not see the picture: in which of nine parts the most was looked at. */
function describe({ text, places }, edge) {
  const [parts, sizes] = [new Array(9).fill(0), new Array(9).fill(0)];
  const third = (at) => Math.min(2, Math.floor((3 * (at + 0.5)) / edge));
  for (const [at, share] of places.entries()) {
    const part = 3 * third(Math.floor(at / edge)) + third(at % edge);
    parts[part] += share;
    sizes[part] += 1;
  }
  const means = parts.map((sum, part) => sum / (sizes[part] || 1));
  const place = say("places")[means.indexOf(Math.max(...means))];
  return say("place", { word: text, place });
}
