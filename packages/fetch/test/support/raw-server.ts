import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** What a server does once it has read a request's head. `nth` counts requests for this path, from 1. */
export type Serve = (socket: Socket, request: RawRequest) => void;

export interface RawRequest {
  path: string;
  /** The head as it came. */
  head: string;
  nth: number;
}

export interface RawServer {
  port: number;
  origin: string;
  /** Connections that were accepted. */
  connections: () => number;
  /** Those of them that are open. */
  open: () => number;
  requests: (path: string) => number;
  close: () => Promise<void>;
}

/** A TCP server on 127.0.0.1 whose answers are written by hand, so that they can be as wrong as one likes. */
export async function rawServer(
  serve: Serve,
  create: (listener: (socket: Socket) => void) => Server = createServer,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const counts = new Map<string, number>();
  let connections = 0;
  const server = create((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Clients that hang up in the middle are what is being tested.
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        const path = head.split(" ")[1] ?? "";
        const nth = (counts.get(path) ?? 0) + 1;
        counts.set(path, nth);
        serve(socket, { path, head, nth });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    connections: () => connections,
    open: () => sockets.size,
    requests: (path) => counts.get(path) ?? 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Writes a piece every `ms` until the client is gone; the timer ends with the socket. */
export function drip(socket: Socket, ms: number, piece: string | Buffer | (() => string | Buffer)): void {
  const timer = setInterval(() => {
    socket.write(typeof piece === "function" ? piece() : piece);
  }, ms);
  socket.on("close", () => {
    clearInterval(timer);
  });
}

/** Writes as fast as the client reads until it is gone. */
export function flood(socket: Socket, piece: string | Buffer): void {
  // In large blocks: writing small pieces one by one would starve the client, which runs in the same process.
  const block = Buffer.concat(
    Array.from({ length: Math.ceil(65_536 / piece.length) }, () => Buffer.from(piece)),
  );
  const pump = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on("drain", pump);
  pump();
}

export interface ReplyOptions {
  status?: string;
  headers?: readonly string[];
  body?: Buffer | string;
  /** False leaves Content-Length out. */
  length?: boolean | number;
}

/** A well-formed response, head and body. */
export function reply({ status = "200 OK", headers = [], body = "", length = true }: ReplyOptions): Buffer {
  const bytes = Buffer.from(body);
  const declared = length === false ? [] : [`Content-Length: ${length === true ? bytes.length : length}`];
  return Buffer.concat([
    Buffer.from([`HTTP/1.1 ${status}`, ...declared, ...headers, "", ""].join("\r\n"), "latin1"),
    bytes,
  ]);
}
