/** Times that a full server is asked again, and the longest pause before that, seconds. */
const tries = 4;
const longestPause = 20;

/** Pictures can be given by their address, and programs can use the same server. */
export const hasServer = true;

/** The language that the server found in what the browser prefers. */
export function preferredLanguage() {
  return document.documentElement.lang;
}

/** What the server says against a picture. */
export class ApiError extends Error {
  constructor({ code, message, hint }) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** What this server is: its model, limits and samples. */
export async function askInfo() {
  return answerOf(await fetch("/api/info"));
}

/**
 * Has a picture captioned.
 *
 * @param {{ picture?: Blob, url?: string, beams: number }} wanted
 * @param {(state: { kind: "waiting", seconds: number }) => void} onWait the server is full and is asked again after that
 * @param {AbortSignal} signal
 */
export async function caption({ picture, url, beams }, onWait, signal) {
  const [path, init] =
    picture === undefined
      ? [
          "/api/caption",
          {
            body: JSON.stringify({ url, beams, best: beams, attention: true, preview: true }),
            headers: { "content-type": "application/json" },
          },
        ]
      : [
          `/api/caption?beams=${beams}&best=${beams}&attention=1`,
          { body: picture, headers: { "content-type": "application/octet-stream" } },
        ];
  for (let left = tries; ; left -= 1) {
    const response = await fetch(path, { method: "POST", signal, ...init });
    const pause = Number(response.headers.get("retry-after"));
    if (response.status !== 503 || !(pause > 0) || left === 0) return answerOf(response);
    const seconds = Math.min(pause, longestPause);
    onWait({ kind: "waiting", seconds });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    signal.throwIfAborted();
  }
}

async function answerOf(response) {
  const body = await response.json();
  if (!response.ok) throw new ApiError(body.error);
  return body;
}
