import type { Socket } from "node:net";

/**
 * Waits until a socket is connected.
 *
 * @param event `secureConnect` waits for the end of a TLS handshake
 * @param signal ends the socket; its reason is what is thrown
 * @throws the socket's error
 */
export function awaitConnect<T extends Socket>(
  socket: T,
  signal: AbortSignal,
  event: "connect" | "secureConnect" = "connect",
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    const done = (): void => {
      signal.removeEventListener("abort", abort);
      resolve(socket);
    };
    // Stays for the socket's life: nobody else listens before its next owner does, nor after that has let go.
    socket.on("error", (error) => {
      signal.removeEventListener("abort", abort);
      reject(error);
    });
    if (signal.aborted) abort();
    else if (event === "connect" && !socket.connecting) resolve(socket);
    else {
      signal.addEventListener("abort", abort, { once: true });
      socket.once(event, done);
    }
  });
}
