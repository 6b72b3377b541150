import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type Settings,
} from "node:http2";
import type { Socket } from "node:net";

import type { Abortable, Request, ResponseHandler } from "./channel.js";
import { FetchFailure } from "./fetch-failure.js";
import { Http2StreamError } from "./http2-stream-error.js";

export interface Http2ConnectionOptions {
  /** How long it is kept without a stream, milliseconds. */
  idleMs: number;
  /** Bound on a response's headers, unpacked. */
  maxHeaderBytes: number;
  /** Called once, when the server has said how many streams it allows, or the connection has ended before that. */
  onSettled: () => void;
  /** Called once, when it takes no more requests. */
  onRetired: () => void;
  /** Called when the server wants to be asked over HTTP/1.1 instead. */
  onHttp1Required: () => void;
}

/** What a server may send unasked before we have read it: a picture in one round trip, all streams together. */
const streamWindow = 1_048_576;
const connectionWindow = 8 * streamWindow;

/**
 * One HTTP/2 connection. It takes requests until its server says goodbye, breaks a rule or lets a deadline pass; the streams
 * that it has go on to their own ends, and with the last of them the connection is closed.
 *
 * undici has an HTTP/2 client too, but in 7.30 a body that a reset cuts short counts there as complete, and GOAWAY kills
 * the streams that the server is still answering.
 */
export class Http2Connection {
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  readonly #authority: string;
  readonly #options: Http2ConnectionOptions;
  #idleTimer: NodeJS.Timeout | undefined;
  #streams = 0;
  /** Streams that the server allows; one until it has said so. */
  #allowed = 1;
  #settled = false;
  #retired = false;

  /** @param socket after a TLS handshake that has chosen `h2` */
  constructor(socket: Socket, origin: string, options: Http2ConnectionOptions) {
    this.#socket = socket;
    this.#authority = new URL(origin).host;
    this.#options = options;
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: {
        enablePush: false,
        initialWindowSize: streamWindow,
        maxHeaderListSize: options.maxHeaderBytes,
      },
    });
    this.#session.once("connect", () => {
      this.#session.setLocalWindowSize(connectionWindow);
    });
    this.#session.on("remoteSettings", (settings: Settings) => {
      this.#allowed = settings.maxConcurrentStreams ?? Infinity;
      this.#settle();
    });
    this.#session.on("goaway", this.#retire);
    this.#session.on("close", this.#retire);
    // The streams tell; without one there is nobody to tell.
    this.#session.on("error", this.#retire);
    this.#rest();
  }

  /** Whether another request would be sent at once. */
  get hasRoom(): boolean {
    return !this.#retired && this.#streams < this.#allowed;
  }

  request(request: Request, handler: ResponseHandler): void {
    this.#streams++;
    clearTimeout(this.#idleTimer);
    this.#session.ref();
    const exchange = new Exchange(handler, (failure) => {
      this.#streams--;
      if (failure?.rstCode === constants.NGHTTP2_HTTP_1_1_REQUIRED) this.#options.onHttp1Required();
      // Who let one deadline pass, or broke a rule, may be gone; other requests had better not wait for the same.
      if (failure?.fatal === true) this.#retire();
      else if (this.#streams === 0) this.#rest();
    });
    exchange.start(() =>
      this.#session.request(
        {
          ":method": "GET",
          ":scheme": "https",
          ":authority": this.#authority,
          ":path": request.path,
          ...request.headers,
        },
        { endStream: true },
      ),
    );
  }

  /** Ends everything now. */
  destroy(): void {
    this.#retire();
    this.#close();
  }

  #rest(): void {
    if (this.#retired) this.#close();
    else {
      this.#idleTimer = setTimeout(this.#retire, this.#options.idleMs).unref();
      this.#session.unref();
    }
  }

  readonly #retire = (): void => {
    if (!this.#retired) {
      this.#retired = true;
      clearTimeout(this.#idleTimer);
      this.#options.onRetired();
      this.#settle();
    }
    if (this.#streams === 0) this.#close();
  };

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.onSettled();
  }

  #close(): void {
    this.#session.destroy();
    this.#socket.destroy();
  }
}

interface End {
  rstCode: number;
  /** Whether the connection is not to be used for other requests. */
  fatal: boolean;
}

/** One request and its response. */
class Exchange implements Abortable {
  readonly #handler: ResponseHandler;
  readonly #done: (failure: End | undefined) => void;
  #stream: ClientHttp2Stream | undefined;
  #error: Error | undefined;
  #complete = false;
  #ended = false;

  /** @param done called once, when nothing more is to come */
  constructor(handler: ResponseHandler, done: (failure: End | undefined) => void) {
    this.#handler = handler;
    this.#done = done;
  }

  start(open: () => ClientHttp2Stream): void {
    this.#handler.onRequestStart(this);
    if (this.#ended) return;
    let stream;
    try {
      stream = open();
    } catch (error) {
      this.#fail(error as Error, { rstCode: 0, fatal: true });
      return;
    }
    this.#stream = stream;
    noteEndOfStream(stream, () => {
      this.#complete = true;
    });
    stream.on("headers", (headers) => {
      this.#head(headers);
    });
    stream.on("response", (headers) => {
      this.#head(headers);
    });
    stream.on("data", (chunk: Buffer) => {
      if (!this.#ended) this.#handler.onResponseData(this, chunk);
    });
    stream.on("error", (error: Error) => {
      this.#error = error;
    });
    stream.on("close", () => {
      this.#close(stream);
    });
  }

  abort(reason: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    const fatal = reason instanceof FetchFailure && fatalOutcomes.has(reason.outcome);
    this.#done({ rstCode: constants.NGHTTP2_CANCEL, fatal });
  }

  #head({ ":status": status, ...headers }: Record<string, unknown>): void {
    if (this.#ended) return;
    this.#handler.onResponseStart(this, Number(status), headers as Record<string, string | string[]>);
  }

  #close(stream: ClientHttp2Stream): void {
    if (this.#ended) return;
    const rstCode = stream.rstCode;
    if (this.#complete && this.#error === undefined && rstCode === constants.NGHTTP2_NO_ERROR) {
      this.#ended = true;
      this.#done(undefined);
      this.#handler.onResponseEnd(this, {});
    } else {
      const error = new Http2StreamError(rstCode, this.#error);
      this.#fail(error, { rstCode, fatal: error.breaksRules });
    }
  }

  #fail(error: Error, end: End): void {
    this.#ended = true;
    this.#done(end);
    this.#handler.onResponseError(this, error);
  }
}

const fatalOutcomes = new Set(["timeout", "http_protocol"]);

/**
 * Calls back when the server ends a stream as it should. Node puts the same `end` on a stream that was reset with NO_ERROR;
 * what tells them apart is that a reset closes the stream first.
 */
function noteEndOfStream(stream: ClientHttp2Stream, callback: () => void): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk, encoding) => {
    if (chunk === null && !stream.closed) callback();
    return push(chunk, encoding);
  };
}
