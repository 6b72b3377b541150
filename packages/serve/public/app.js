import { ApiError, askInfo, caption, hasServer } from "/api.js";
import { byId, element } from "/dom.js";
import { applyLanguage, keepLanguage, number, say, sayError, startLanguage } from "/language.js";
import { showResult } from "/result.js";

const [status, problem, again, found] = ["status", "problem", "again", "found"].map(byId);
const [drop, file, beams] = ["drop", "file", "beams"].map(byId);

/** What the server is. */
let info = null;
/** What is shown: said anew when the language changes. */
let state = { kind: "nothing" };
/** What was wanted last, to try it again. */
let wanted = null;
let running = new AbortController();
/** Where the browser keeps the picture that is shown. */
let address = null;

function show(next) {
  state = next;
  render();
}

function render() {
  const { kind } = state;
  status.classList.toggle("busy", ["working", "waiting", "loading"].includes(kind));
  status.textContent =
    kind === "failed"
      ? ""
      : say(kind, {
          seconds: kind === "done" ? number(state.seconds, 1) : state.seconds,
        });
  problem.textContent =
    kind !== "failed"
      ? ""
      : state.error instanceof ApiError
        ? sayError(state.error)
        : say(hasServer ? "failed" : "failedHere");
  again.hidden = kind !== "failed" || wanted === null;
  found.replaceChildren(...(kind === "done" ? showResult(state.answer, state) : []));
}

function renderInfo() {
  if (info === null) return;
  const { limits, model, samples } = info;
  byId("limits").textContent = say(hasServer ? "limits" : "limitsHere", {
    megabytes: number(limits.maxBytes / 2 ** 20),
    megapixels: number(limits.maxPixels / 1e6),
  });
  byId("model").textContent = say("model", model);
  const chosen = beams.value || String(info.beams);
  const choices = [...new Set([1, 2, 4, 8, info.beams])].filter((n) => n <= limits.beams);
  beams.replaceChildren(
    ...choices
      .sort((a, b) => a - b)
      .map((n) =>
        element(
          "option",
          { value: String(n), selected: String(n) === chosen },
          n === 1 ? say("greedy") : String(n),
        ),
      ),
  );
  const focused = document.activeElement?.closest("#samples button")?.value;
  byId("samples").replaceChildren(
    ...samples.map(({ id, picture }) =>
      element(
        "li",
        {},
        element(
          "button",
          { type: "button", value: String(id) },
          element("img", {
            src: picture,
            alt: say("sample", { number: id + 1 }),
            loading: "lazy",
          }),
        ),
      ),
    ),
  );
  if (focused !== undefined) document.querySelector(`#samples button[value="${focused}"]`)?.focus();
  byId("samples-title").hidden = samples.length === 0;
}

/** @param {{ picture?: Blob, url?: string, sample?: number }} next */
async function start(next) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  wanted = next;
  show({ kind: "working" });
  const begun = performance.now();
  try {
    const { sample, url } = next;
    const picture =
      sample === undefined
        ? next.picture
        : await (await fetch(info.samples[sample].picture, { signal })).blob();
    const answer = await caption({ picture, url, beams: Number(beams.value || 4) }, show, signal);
    if (address !== null) URL.revokeObjectURL(address);
    address = URL.createObjectURL(picture ?? blobOf(answer.preview));
    const reference = sample === undefined ? null : info.samples[sample].caption;
    show({ kind: "done", answer, address, reference, seconds: (performance.now() - begun) / 1000 });
    byId("result").scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (!signal.aborted) show({ kind: "failed", error });
  }
}

function blobOf(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
}

function useLanguage(language) {
  applyLanguage(language);
  renderInfo();
  render();
}

byId("languages").addEventListener("click", ({ target }) => {
  const language = target.closest("button")?.value;
  if (language === undefined) return;
  keepLanguage(language);
  useLanguage(language);
});
file.addEventListener("change", () => {
  const [picture] = file.files;
  if (picture !== undefined) void start({ picture });
  // The same file can be chosen again.
  file.value = "";
});
byId("by-url").addEventListener("submit", (event) => {
  event.preventDefault();
  void start({ url: byId("url").value.trim() });
});
byId("samples").addEventListener("click", ({ target }) => {
  const sample = target.closest("button")?.value;
  if (sample !== undefined) void start({ sample: Number(sample) });
});
again.addEventListener("click", () => {
  if (wanted !== null) void start(wanted);
});
// Anywhere on the page, so that a picture that misses the frame does not replace the page.
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (relatedTarget === null) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer);
});
document.addEventListener("paste", (event) => {
  if (event.target.closest("input") === null) take(event.clipboardData);
});

/** A picture, or else an address of one. */
function take(transfer) {
  const [picture] = transfer?.files ?? [];
  const url = transfer?.getData("text/uri-list") || transfer?.getData("text/plain") || "";
  if (picture !== undefined) void start({ picture });
  else if (hasServer && /^https?:\/\//i.test(url.trim())) {
    byId("url").value = url.trim();
    void start({ url: url.trim() });
  }
}

for (const id of ["by-url", "api"]) byId(id).hidden = !hasServer;
useLanguage(startLanguage());
try {
  info = await askInfo();
  renderInfo();
} catch (error) {
  show({ kind: "failed", error });
}
