import { setMaxListeners } from "node:events";

import { BufferPool } from "./buffer-pool.js";
import { createConnector } from "./create-connector.js";
import { createLookup } from "./create-lookup.js";
import { fetchImage } from "./fetch-image.js";
import type { FetchOptions } from "./fetch-options.js";
import type { FetchResult, Validators } from "./fetch-result.js";
import { fetchSettings } from "./fetch-settings.js";
import { hostLimits } from "./hosts/host-limits.js";
import type { Turn } from "./hosts/turn.js";
import { Turns } from "./hosts/turns.js";
import type { Web } from "./follow.js";
import { OriginFiles } from "./origin-files.js";
import { Origins } from "./origins.js";
import { loadRobotsTxt } from "./robots/load-robots-txt.js";
import { loadTdmrep } from "./tdmrep/load-tdmrep.js";

export interface FetchClient {
  /**
   * Downloads a picture. Whatever the web does ends in a result with exactly one outcome, in bounded time.
   *
   * @param url as found in a list; it is normalised first
   * @param options.turn a turn at the URL's host, from `turns`; without one, the download waits for its own
   * @param options.validators of an earlier download: where the picture is still the same, the result is ok and
   *   `unchanged`, without a body
   * @throws the signal's reason when it aborts, and an Error when the client is or gets closed
   */
  fetchImage: (
    url: string,
    options?: { signal?: AbortSignal; turn?: Turn; validators?: Validators },
  ) => Promise<FetchResult>;
  /**
   * Gives a result's body back, so that its memory holds another one: whoever has many to download is spared most of the
   * garbage collector's work. The body must not be looked at after that.
   */
  recycle: (body: Uint8Array) => void;
  /** Who asks which host next; for callers that have more URLs than can be asked for at once. */
  turns: Turns;
  /** Ends what is running and closes every connection; nothing then keeps the process alive. */
  close: () => Promise<void>;
}

/** Memory that is kept for the next bodies: several batches of an images file. */
const maxFreeBytes = 32 << 20;

/**
 * Makes a downloader with its own connection pools and name cache; it serves any number of downloads at the same time.
 *
 * @throws LeyendaError `CONFIG_INVALID` for an option that could never work
 */
export function createClient(options: FetchOptions = {}): FetchClient {
  const settings = fetchSettings(options);
  const ownLookup = settings.lookup === undefined ? createLookup() : undefined;
  const lookup = settings.lookup ?? ownLookup ?? createLookup();
  const connector = createConnector({ ...settings, lookup, connect: settings.connect });
  const origins = new Origins({ ...settings, connector });
  const turns = new Turns({
    concurrency: settings.concurrency,
    ...hostLimits(settings, settings.workers),
  });
  const closing = new AbortController();
  // Every robots.txt or tdmrep.json that is being asked for listens; Node.js takes more than ten listeners for a leak.
  setMaxListeners(0, closing.signal);
  const robots = new OriginFiles((origin) => loadRobotsTxt(origin, web, closing.signal), settings.now);
  const tdmrep = new OriginFiles((origin) => loadTdmrep(origin, web, closing.signal), settings.now);
  const pool = new BufferPool(maxFreeBytes);
  const web: Web = { origins, turns, robots, tdmrep, pool, settings };
  const running = new Set<AbortController>();
  let closed = false;
  return {
    turns,
    recycle: (body) => {
      pool.give(body);
    },
    fetchImage: async (url, { signal, turn: given, validators } = {}) => {
      if (closed) throw new Error("fetchImage was called on a closed client; create another one");
      signal?.throwIfAborted();
      const controller = new AbortController();
      const abort = (): void => {
        controller.abort(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      running.add(controller);
      const turn = given ?? turns.open();
      try {
        return await fetchImage(url, web, turn, controller.signal, validators);
      } finally {
        if (given === undefined) turn.rest();
        running.delete(controller);
        signal?.removeEventListener("abort", abort);
      }
    },
    close: async () => {
      closed = true;
      for (const controller of running)
        controller.abort(new Error("the client was closed during a download"));
      closing.abort(new Error("the client was closed while it asked for a robots.txt or tdmrep.json"));
      connector.close();
      ownLookup?.close();
      turns.close();
      await origins.close();
    },
  };
}
