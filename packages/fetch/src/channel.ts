import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import { Pool } from "undici";

import type { Connector } from "./create-connector.js";
import type { ConnectTarget } from "./fetch-options.js";
import { Http2Connection } from "./http2-connection.js";

export interface Request {
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
}

export interface Abortable {
  /** Ends the exchange; nothing of it is reported after that but an error. */
  abort: (reason: Error) => void;
}

/** What is told about an exchange: a part of undici's handlers, so that theirs and ours are the same. */
export interface ResponseHandler {
  /** The request is about to be sent; aborted here, it never is. */
  onRequestStart: (controller: Abortable) => void;
  onResponseStart: (
    controller: Abortable,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ) => void;
  onResponseData: (controller: Abortable, chunk: Buffer) => void;
  onResponseEnd: (controller: Abortable, trailers: Record<string, string | string[] | undefined>) => void;
  onResponseError: (controller: Abortable, error: Error) => void;
}

/** A way to ask one origin: connections that are opened when needed and used again. */
export interface Channel {
  /** Sends a GET; every exchange ends in onResponseEnd or onResponseError. */
  dispatch: (request: Request, handler: ResponseHandler) => void;
  /** Ends every connection, busy or not. */
  destroy: () => Promise<void>;
}

export interface ChannelOptions {
  connectionsPerHost: number;
  connector: Connector;
  http2: boolean;
}

/** How long an idle connection is kept, milliseconds, where the server does not say. */
const idleMs = 4_000;
const maxHeaderBytes = 65_536;

/** @param origin such as `https://example.org:8443` */
export function openChannel(origin: string, options: ChannelOptions): Channel {
  const { protocol } = new URL(origin);
  if (protocol === "https:" && options.http2) return new NegotiatedChannel(origin, options);
  return openPool(origin, options, () => undefined);
}

/**
 * HTTP/1.1 over undici.
 *
 * @param spare gives a connection that is open already, if there is one
 */
function openPool(
  origin: string,
  { connectionsPerHost, connector }: ChannelOptions,
  spare: () => Socket | undefined,
): Channel {
  const target = connectTarget(origin);
  const pool = new Pool(origin, {
    connections: connectionsPerHost,
    connect: (_options, callback) => {
      const open = spare();
      (open === undefined ? connector.open(target, ["http/1.1"]) : Promise.resolve(open)).then(
        (socket) => {
          callback(null, socket);
        },
        (error: unknown) => {
          callback(error as Error, null);
        },
      );
    },
    pipelining: 1,
    // Ours are exact to the millisecond and span redirects; undici's are coarse.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: 30_000,
    maxHeaderSize: maxHeaderBytes,
  });
  return {
    dispatch: (request, handler) => {
      pool.dispatch({ method: "GET", ...request }, handler);
    },
    destroy: () => pool.destroy(),
  };
}

function connectTarget(origin: string): ConnectTarget {
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === "https:";
  return {
    protocol: secure ? "https:" : "http:",
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (secure ? 443 : 80) : Number(port),
  };
}

const none: Abortable = { abort: () => undefined };

/** Asks an https server which version of HTTP it speaks, and speaks it. */
class NegotiatedChannel implements Channel {
  readonly #origin: string;
  readonly #options: ChannelOptions;
  readonly #waiting: [Request, ResponseHandler][] = [];
  readonly #connections = new Set<Http2Connection>();
  #connecting = false;
  /** Set where the server speaks HTTP/1.1; it is not asked again. */
  #pool: Channel | undefined;
  #spare: Socket | undefined;
  #destroyed = false;

  constructor(origin: string, options: ChannelOptions) {
    this.#origin = origin;
    this.#options = options;
  }

  dispatch(request: Request, handler: ResponseHandler): void {
    if (this.#pool !== undefined) {
      this.#pool.dispatch(request, handler);
      return;
    }
    for (const connection of this.#connections) {
      if (!connection.hasRoom) continue;
      connection.request(request, handler);
      return;
    }
    this.#waiting.push([request, handler]);
    if (!this.#connecting) void this.#connect();
  }

  async destroy(): Promise<void> {
    this.#destroyed = true;
    this.#spare?.destroy();
    for (const connection of this.#connections) connection.destroy();
    this.#fail(new Error("the connections to this origin were closed"));
    await this.#pool?.destroy();
  }

  async #connect(): Promise<void> {
    this.#connecting = true;
    try {
      const socket = await this.#options.connector.open(connectTarget(this.#origin), ["h2", "http/1.1"]);
      if (this.#destroyed) socket.destroy();
      else if ((socket as Partial<TLSSocket>).alpnProtocol === "h2") this.#useHttp2(socket);
      else this.#useHttp1(socket);
    } catch (error) {
      this.#connecting = false;
      this.#fail(error as Error);
    }
  }

  #useHttp2(socket: Socket): void {
    const connection = new Http2Connection(socket, this.#origin, {
      idleMs,
      maxHeaderBytes,
      onSettled: () => {
        this.#connecting = false;
        this.#flush(connection);
      },
      onRetired: () => this.#connections.delete(connection),
      onHttp1Required: () => {
        if (!this.#destroyed && this.#pool === undefined) this.#useHttp1(undefined);
      },
    });
    this.#connections.add(connection);
    const first = this.#waiting.shift();
    // It need not wait for the server's settings: every server allows a stream, or none for ever.
    if (first !== undefined) connection.request(...first);
  }

  #flush(connection: Http2Connection): void {
    while (connection.hasRoom) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      connection.request(...next);
    }
    // As many streams as the server allows; the rest takes another connection.
    if (this.#waiting.length > 0 && !this.#destroyed && this.#pool === undefined) void this.#connect();
  }

  #useHttp1(socket: Socket | undefined): void {
    this.#spare = socket;
    this.#pool = openPool(this.#origin, this.#options, () => {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare?.destroyed === true ? undefined : spare;
    });
    for (const [request, handler] of this.#waiting.splice(0)) this.#pool.dispatch(request, handler);
  }

  #fail(error: Error): void {
    for (const [, handler] of this.#waiting.splice(0)) handler.onResponseError(none, error);
  }
}
