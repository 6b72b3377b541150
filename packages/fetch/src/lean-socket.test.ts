import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { LeanSocket } from "./lean-socket.js";

let server: Server;
/** What the server sends: pieces, and a turn of the event loop between them. */
let send: Buffer[];
beforeEach(async () => {
  server = createServer((socket) => void answer(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => server.close());

async function answer(socket: Socket): Promise<void> {
  for (const piece of send) {
    socket.write(piece);
    await new Promise(setImmediate);
  }
  socket.end();
}

function open(): LeanSocket {
  return new LeanSocket().connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
}

/** The ways in which sockets are read; each copies what it keeps. */
const readers: Record<string, (socket: LeanSocket, pieces: Buffer[]) => void> = {
  "a listener that reads at once": (socket, pieces) => {
    socket.on("readable", () => {
      for (;;) {
        const piece = socket.read() as Buffer | null;
        if (piece === null) return;
        pieces.push(Buffer.from(piece));
      }
    });
  },
  "a listener that reads later": (socket, pieces) => {
    socket.on("readable", () => {
      setImmediate(() => {
        for (let piece; (piece = socket.read() as Buffer | null) !== null;) pieces.push(Buffer.from(piece));
      });
    });
  },
  "a listener that comes late": (socket, pieces) => {
    setTimeout(() => readers["a listener that reads at once"]?.(socket, pieces), 20);
  },
  "a flowing stream": (socket, pieces) => {
    socket.on("data", (piece: Buffer) => pieces.push(Buffer.from(piece)));
  },
};

describe("LeanSocket", () => {
  it.each(Object.entries(readers))("loses and mixes up nothing: %s", async (_name, read) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 8 }), async (sizes) => {
        send = sizes.map((size, index) => Buffer.alloc(size, index + 1));
        // Two at a time, because they share their memory.
        const received = await Promise.all(
          [open(), open()].map(async (socket) => {
            const pieces: Buffer[] = [];
            read(socket, pieces);
            await once(socket, "end");
            return Buffer.concat(pieces);
          }),
        );
        for (const bytes of received) expect(bytes.equals(Buffer.concat(send))).toBe(true);
      }),
      { numRuns: 15 },
    );
  });
});
