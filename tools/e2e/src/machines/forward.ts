import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";

/** Passes connections to an address on to another one. @returns closes it */
export async function forward(
  from: { host: string; port: number },
  to: { host: string; port: number },
): Promise<() => Promise<void>> {
  const sockets = new Set<{ destroy: () => void }>();
  const server = createServer((incoming) => {
    const outgoing = connect(to);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
    incoming.once("error", () => outgoing.destroy());
    outgoing.once("error", () => incoming.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  });
  server.listen(from.port, from.host);
  await once(server, "listening");
  return async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  };
}

// In a namespace of its own: node forward.js <host> <port> <host> <port>
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [host = "", port, toHost = "", toPort] = process.argv.slice(2);
  await forward({ host, port: Number(port) }, { host: toHost, port: Number(toPort) });
}
