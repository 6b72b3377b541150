import { createServer } from "node:http";

import { Captioner, captionWithWords } from "@leyenda/caption-model";
import { createClient, type FetchOptions } from "@leyenda/fetch";
import { listen } from "@leyenda/view/page";

import { Decoder } from "./decode/decoder.js";
import { defaultLimits, type Limits } from "./limits.js";
import { createServeMetrics } from "./metrics.js";
import { CaptionQueue } from "./queue/caption-queue.js";
import { drawnSamples, type Sample } from "./samples.js";
import { handleRequest } from "./server/handle-request.js";
import { Intake } from "./server/intake.js";
import type { Site } from "./server/site.js";

export interface CaptionServerOptions {
  /** Folder of a converted caption model. */
  model: string;
  /** 0 takes any that is free. @default 8430 */
  port?: number;
  /** Address or name to listen at. @default "127.0.0.1": nobody else can use it */
  host?: string;
  limits?: Partial<Limits>;
  /** Pictures to try. @default some that come with the page */
  samples?: readonly Sample[];
  /** Threads of the model. @default 1 */
  threads?: number;
  /** Where the model is computed. @default "cpu" */
  provider?: "cpu" | "cuda";
  /** How URLs are downloaded; sizes and deadlines come from the limits. */
  fetch?: FetchOptions;
  /** Told of faults of ours. */
  onFault?: (error: unknown) => void;
  /** Milliseconds, monotonic. @default performance.now */
  now?: () => number;
}

export interface CaptionServer {
  url: string;
  /** Takes no further requests, answers those under way as far as `drainMs` lets it, and frees everything. */
  close(): Promise<void>;
}

/**
 * Serves a page and a JSON API that caption pictures. Whatever is sent to it costs bounded memory and time.
 *
 * @throws LeyendaError MODEL_MISSING, MODEL_INVALID or PROVIDER_MISSING; USAGE when the port or address cannot be had
 */
export async function startCaptionServer({
  model,
  port = 8430,
  host = "127.0.0.1",
  limits: given = {},
  samples,
  threads = 1,
  provider = "cpu",
  fetch = {},
  onFault = () => undefined,
  now = () => performance.now(),
}: CaptionServerOptions): Promise<CaptionServer> {
  const limits: Limits = { ...defaultLimits, ...given };
  const captioner = await Captioner.load(model, { intraOpThreads: threads, provider });
  const decoder = new Decoder({ ...limits, edge: captioner.info.vision.image_size });
  const queue = new CaptionQueue({
    decode: (bytes, preview) => decoder.decode(bytes, preview),
    caption: (pixels, { attention, ...search }) => {
      const options = { ...search, batchSize: limits.batchSize };
      return attention
        ? captionWithWords(captioner, pixels, options)
        : captioner.captionPixels(pixels, options);
    },
    limits,
    onBatch: (pictures) => {
      metrics.batch(pictures);
    },
    now,
  });
  const intake = new Intake(limits);
  const client = createClient({
    retries: 0,
    // What these bring counts as held only once it is whole.
    concurrency: 8,
    ...fetch,
    maxBytes: limits.maxBytes,
    totalMs: limits.bodyMs,
  });
  const metrics = createServeMetrics({
    queued: () => queue.length,
    receiving: () => intake.receiving,
    heldBytes: () => intake.held,
    decoderRss: () => decoder.rss,
  });
  const closing = new AbortController();
  const site: Site = {
    ...{ host, model: captioner.info, limits, queue, intake, client, metrics, onFault, now },
    samples: samples ?? (await drawnSamples()),
    closing: closing.signal,
  };
  const server = createServer({
    headersTimeout: limits.headersMs,
    // Bodies have deadlines of their own; this is for requests whose body nobody reads.
    requestTimeout: limits.headersMs + limits.bodyMs,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = limits.connections;
  const handle =
    (expectsContinue: boolean) =>
    (...[request, response]: Parameters<typeof serve>) => {
      serve(request, response, expectsContinue);
    };
  server.on("request", handle(false)).on("checkContinue", handle(true));

  function serve(
    request: Parameters<typeof handleRequest>[1],
    response: Parameters<typeof handleRequest>[2],
    expectsContinue = false,
  ): void {
    handleRequest(site, request, response, expectsContinue).catch((error: unknown) => {
      onFault(error);
      response.destroy();
    });
  }

  const free = async (): Promise<void> => {
    decoder.close();
    await client.close();
    // The model may be at work for somebody who has left.
    await queue.close();
    await captioner.close();
  };
  let url: string;
  try {
    url = await listen(server, host, port);
  } catch (error) {
    await free();
    throw error;
  }
  return {
    url,
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, limits.drainMs);
      server.closeIdleConnections();
      await closed;
      clearTimeout(timer);
      await free();
    },
  };
}
