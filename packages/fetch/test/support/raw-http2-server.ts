import type { Socket } from "node:net";
import { createServer } from "node:tls";

import { pem } from "./pem.js";
import { type RawServer, rawServer } from "./raw-server.js";

/** Frame types (RFC 9113, section 6). */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const endStream = 0x1;
export const ack = 0x1;
export const endHeaders = 0x4;

/** A frame: length, type, flags, stream, payload. */
export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ""): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}

/** HPACK without its compression: literals, never indexed (RFC 7541, section 6.2.3). */
export function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const literal = (text: string): Buffer =>
    Buffer.concat([integer(text.length), Buffer.from(text, "latin1")]);
  return Buffer.concat(
    Object.entries(headers).map(([name, value]) =>
      Buffer.concat([Buffer.from([0x10]), literal(name), literal(value)]),
    ),
  );
}

/** An integer with a prefix of seven bits (RFC 7541, section 5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  for (value -= 127; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}

export interface Http2Connection {
  socket: Socket;
  /** What is below TLS. */
  tcp: Socket;
  /** Sends a response's head. */
  head: (stream: number, headers?: Readonly<Record<string, string>>, flags?: number) => void;
  data: (stream: number, body: Buffer | string, flags?: number) => void;
  reset: (stream: number, code: number) => void;
}

export interface Http2Behaviour {
  /** Called for each request. */
  serve: (connection: Http2Connection, stream: number, nth: number) => void;
  /** What is said when a connection is open. @default empty SETTINGS */
  greeting?: Buffer;
}

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** An HTTP/2 server whose frames are written by hand; what the client sends is read as far as finding its requests. */
export async function rawHttp2Server({
  serve,
  greeting = frame(frameTypes.settings, 0, 0),
}: Http2Behaviour): Promise<RawServer> {
  let requests = 0;
  const below = new Map<number | undefined, Socket>();
  const accept = (socket: Socket): void => {
    const connection: Http2Connection = {
      socket,
      tcp: below.get(socket.remotePort) ?? socket,
      head: (stream, headers = {}, flags = endHeaders) => {
        socket.write(frame(frameTypes.headers, flags, stream, headerBlock({ ":status": "200", ...headers })));
      },
      data: (stream, body, flags = 0) => {
        const bytes = Buffer.from(body);
        for (let at = 0; at < bytes.length || at === 0; at += 16_384) {
          const last = at + 16_384 >= bytes.length;
          socket.write(frame(frameTypes.data, last ? flags : 0, stream, bytes.subarray(at, at + 16_384)));
        }
      },
      reset: (stream, code) => {
        socket.write(frame(frameTypes.reset, 0, stream, uint32(code)));
      },
    };
    socket.write(greeting);
    let bytes: Buffer = Buffer.alloc(0);
    let greeted = false;
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!greeted && bytes.length >= preface.length) {
        greeted = true;
        bytes = bytes.subarray(preface.length);
      }
      while (greeted && bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
        const type = bytes.readUInt8(3);
        const stream = bytes.readUInt32BE(5);
        bytes = bytes.subarray(9 + bytes.readUIntBE(0, 3));
        if (type === frameTypes.headers) serve(connection, stream, ++requests);
      }
    });
  };
  return await rawServer(
    () => undefined,
    (listener) =>
      createServer({ cert: pem("good.cert"), key: pem("good.key"), ALPNProtocols: ["h2"] }, (socket) => {
        listener(socket);
        accept(socket);
      }).on("connection", (tcp: Socket) => below.set(tcp.remotePort, tcp)),
  );
}
