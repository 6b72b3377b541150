/**
 * What `public/api.js` is where there is no server: the same functions, answered by a worker that runs the model in the browser. The page
 * is the same.
 */
export const hasServer = false;

/** What is wrong with a picture; its words are those of the server's errors. */
export class ApiError extends Error {
  constructor({ code, message, hint = null }) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** The first language of the browser's that the page has. */
export function preferredLanguage() {
  const found = navigator.languages
    .map((tag) => tag.split("-")[0])
    .find((tag) => tag === "en" || tag === "es");
  return found ?? "en";
}

let worker = null;
/** Resolves when the model is there. */
let ready = null;
/** Those who wait for an answer, by the number of their question. */
const waiting = new Map();
let asked = 0;

/** What this page is: its model, limits and samples. Its model begins to load. */
export async function askInfo() {
  const response = await fetch(new URL("site.json", import.meta.url));
  if (!response.ok) throw new Error(`site.json: ${response.status}`);
  const { info, model } = await response.json();
  worker = new Worker(new URL("./caption-worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if ("answer" in data) resolve(data.answer);
    else reject(data.error.code === null ? new Error(data.error.message) : new ApiError(data.error));
  });
  worker.addEventListener("error", ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  });
  ready = ask({ load: model });
  // Who asks for a caption is told of it.
  ready.catch(() => undefined);
  return info;
}

/**
 * Has a picture captioned.
 *
 * @param {{ picture: Blob, beams: number }} wanted
 * @param {(state: { kind: string }) => void} onWait the model is still being loaded, or is at work
 * @param {AbortSignal} signal
 */
export async function caption({ picture, beams }, onWait, signal) {
  onWait({ kind: "loading" });
  await ready;
  signal.throwIfAborted();
  onWait({ kind: "working" });
  const answer = await ask({ picture, beams });
  signal.throwIfAborted();
  return answer;
}

function ask(question) {
  asked += 1;
  const id = asked;
  worker.postMessage({ id, ...question });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}
