import { setImmediate, setTimeout as pause } from "node:timers/promises";

import type { Caption } from "@leyenda/caption-model";
import { describe, expect, it } from "vitest";

import type { Prepared } from "../decode/messages.js";
import { CaptionQueue, type QueueOptions, type Search } from "./caption-queue.js";

const greedy: Search = { beams: 1, best: 1, attention: false };
const wide: Search = { beams: 4, best: 2, attention: false };

/** A picture of one number, which its caption says. */
const picture = (value: number): Uint8Array => Uint8Array.of(value);

function prepared(bytes: Uint8Array): Prepared {
  const pixels = Float32Array.of(bytes[0] ?? 0);
  return { pixels, width: 1, height: 1, format: "png", preview: null };
}

function captionsOf(pixels: Float32Array): Caption[] {
  return [...pixels].map((value) => ({
    text: String(value),
    ids: [],
    score: 0,
    reachedMaxLength: false,
    alternatives: [],
  }));
}

interface Fake {
  queue: CaptionQueue;
  decoded: number[];
  /** Pictures of each batch, with its search. */
  batches: { values: number[]; search: Search }[];
}

function make(options: Partial<QueueOptions> & { limits?: Partial<QueueOptions["limits"]> } = {}): Fake {
  const decoded: number[] = [];
  const batches: Fake["batches"] = [];
  const queue = new CaptionQueue({
    decode: async (bytes) => {
      await setImmediate();
      decoded.push(bytes[0] ?? 0);
      return prepared(bytes);
    },
    caption: async (pixels, search) => {
      batches.push({ values: [...pixels], search });
      await pause(20);
      return captionsOf(pixels);
    },
    ...options,
    limits: { queueLength: 8, batchSize: 4, captionMs: 5_000, ...options.limits },
  });
  return { queue, decoded, batches };
}

describe("a queue of pictures", () => {
  it("captions together what waits for the same search, and gives each its own", async () => {
    const { queue, batches } = make();
    const asked = [1, 2, 3, 4, 5, 6, 7].map((value) =>
      queue.caption(picture(value), value % 2 ? wide : greedy),
    );
    const texts = (await Promise.all(asked)).map(({ caption }) => caption.text);
    expect(texts).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
    for (const { values, search } of batches)
      for (const value of values) expect(search).toEqual(value % 2 ? wide : greedy);
    expect(batches.length).toBeLessThan(7);
    expect(queue.length).toBe(0);
  });

  it("refuses what is beyond its bound, and has room as soon as one is done", async () => {
    const { queue } = make({ limits: { queueLength: 2 } });
    const first = [queue.caption(picture(1), greedy), queue.caption(picture(2), greedy)];
    await expect(queue.caption(picture(3), greedy)).rejects.toMatchObject({
      status: 503,
      code: "queue_full",
      retryAfter: 1,
    });
    await Promise.all(first);
    expect((await queue.caption(picture(4), greedy)).caption.text).toBe("4");
  });

  it("spends nothing on a picture that nobody waits for any more", async () => {
    const { queue, decoded } = make();
    const gone = new AbortController();
    const asked = [1, 2, 3].map((value) =>
      queue.caption(picture(value), greedy, value === 2 ? { signal: gone.signal } : {}),
    );
    gone.abort();
    await expect(asked[1]).rejects.toMatchObject({ code: "gone" });
    await Promise.all([asked[0], asked[2]]);
    expect(decoded).toEqual([1, 3]);
    await expect(queue.caption(picture(4), greedy, { signal: gone.signal })).rejects.toMatchObject({
      code: "gone",
    });
    expect((await queue.caption(picture(5), greedy)).caption.text).toBe("5");
  });

  it("says when a caption takes too long, and goes on with the others", async () => {
    let slow = true;
    const { queue } = make({
      limits: { captionMs: 60 },
      caption: async (pixels) => {
        await pause(slow ? 150 : 1);
        return captionsOf(pixels);
      },
    });
    await expect(queue.caption(picture(1), greedy)).rejects.toMatchObject({ status: 503, code: "timed_out" });
    expect(queue.length).toBe(0);
    slow = false;
    await pause(120);
    expect((await queue.caption(picture(2), greedy)).caption.text).toBe("2");
  });

  it("costs only those concerned when a picture cannot be decoded, or a batch fails", async () => {
    const { queue } = make({
      decode: (bytes) =>
        bytes[0] === 1 ? Promise.reject(new Error("broken")) : Promise.resolve(prepared(bytes)),
      caption: (pixels, { beams }) =>
        beams === 4 ? Promise.reject(new Error("no memory")) : Promise.resolve(captionsOf(pixels)),
    });
    const settled = await Promise.allSettled([
      queue.caption(picture(1), greedy),
      queue.caption(picture(2), wide),
      queue.caption(picture(3), greedy),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect(queue.length).toBe(0);
  });

  it("leaves no picture waiting, whenever it comes", async () => {
    const { queue } = make({
      decode: (bytes) => Promise.resolve(prepared(bytes)),
      caption: (pixels) => Promise.resolve(captionsOf(pixels)),
    });
    for (let turns = 0; turns < 30; turns += 1) {
      const first = queue.caption(picture(1), greedy);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const second = await queue.caption(picture(2), greedy);
      expect(second.caption.text).toBe("2");
      await first;
    }
  });

  it("finishes what it has when it closes, and takes nothing more", async () => {
    const { queue } = make();
    const asked = [1, 2, 3].map((value) => queue.caption(picture(value), greedy));
    const closed = queue.close();
    await expect(queue.caption(picture(4), greedy)).rejects.toMatchObject({ status: 503, code: "closing" });
    await closed;
    expect((await Promise.all(asked)).map(({ caption }) => caption.text)).toEqual(["1", "2", "3"]);
  });
});
