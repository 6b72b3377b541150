import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import { Refusal } from "../refusal.js";
import type { FromDecoder, Prepared, ToDecoder } from "./messages.js";

export interface DecoderOptions {
  /** Edge of the square that the model sees, in pixels. */
  edge: number;
  maxPixels: number;
  /** Milliseconds for one picture. */
  decodeMs: number;
  /** What its process runs. @default `decode-main.js` */
  script?: string;
}

/** A decoder's process with more resident memory than this is replaced by a new one, bytes. */
const maxRss = 512 << 20;

/**
 * Decodes pictures in a process of its own, one at a time: a picture that hangs or crashes a decoder costs itself and that
 * process, and nothing that strangers send is decoded where the model and the other requests are.
 */
export class Decoder {
  readonly #options: DecoderOptions;
  #child: ChildProcess | null = null;
  #rss = 0;
  #closed = false;

  constructor(options: DecoderOptions) {
    this.#options = options;
  }

  /** Resident memory of its process after the last picture, bytes; 0 without one. */
  get rss(): number {
    return this.#child === null ? 0 : this.#rss;
  }

  /**
   * Decodes one picture; the next is given when this one is done.
   *
   * @throws Refusal 415 or 422 for what cannot be decoded, also where it hung or crashed its decoder
   */
  async decode(bytes: Uint8Array, preview: boolean): Promise<Prepared> {
    if (this.#closed) throw closing();
    const { edge, maxPixels, decodeMs } = this.#options;
    const child = (this.#child ??= this.#start());
    const message: ToDecoder = { bytes, edge, maxPixels, preview };
    const reply = await exchange(child, message, decodeMs);
    if (typeof reply === "string") {
      this.#stop();
      if (this.#wasClosed()) throw closing();
      const problem = reply === "hung" ? `took longer than ${decodeMs / 1000} s` : "ended its decoder";
      const code = reply === "hung" ? "decoder_timeout" : "decoder_crash";
      throw new Refusal(422, code, `the picture ${problem}`, { hint: "send another file of the picture" });
    }
    this.#rss = reply.rss;
    if (reply.rss > maxRss) this.#stop();
    if ("prepared" in reply) return reply.prepared;
    if ("fault" in reply) throw new Error(reply.fault);
    const { status, code, message: text, hint } = reply.refused;
    throw new Refusal(status, code, text, hint === undefined ? {} : { hint });
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #start(): ChildProcess {
    const { script = fileURLToPath(import.meta.resolve("@leyenda/serve/decoder")) } = this.#options;
    const child = fork(script, {
      serialization: "advanced",
      // Fewer pools of the C library keep less of what large pictures took.
      env: { ...process.env, MALLOC_ARENA_MAX: "2" },
      execArgv: ["--max-old-space-size=128", "--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    // One that is killed may still fail to take a message.
    return child.on("error", () => undefined);
  }

  #wasClosed(): boolean {
    return this.#closed;
  }

  #stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }
}

/** Sends a picture and waits for what becomes of it. */
function exchange(
  child: ChildProcess,
  message: ToDecoder,
  timeoutMs: number,
): Promise<FromDecoder | "hung" | "died"> {
  return new Promise((resolve) => {
    const finish = (result: FromDecoder | "hung" | "died"): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onEnd).off("error", onEnd);
      resolve(result);
    };
    const onMessage = (reply: FromDecoder): void => {
      finish(reply);
    };
    const onEnd = (): void => {
      finish("died");
    };
    const timer = setTimeout(() => {
      finish("hung");
    }, timeoutMs);
    child
      .once("message", onMessage as (reply: unknown) => void)
      .once("exit", onEnd)
      .once("error", onEnd);
    child.send(message, (error) => {
      if (error !== null) onEnd();
    });
  });
}

function closing(): Refusal {
  return new Refusal(503, "closing", "the server is closing", { retryAfter: 10 });
}
