import { request } from "node:http";
import type { Socket } from "node:net";

import { FetchFailure } from "./fetch-failure.js";

/** Answers of a proxy that another attempt would not change: credentials, rules. */
const final = new Set([400, 401, 403, 405, 407, 501]);

/**
 * Asks a proxy for a connection to a target (CONNECT, RFC 9110, section 9.3.6).
 *
 * @param socket connected to the proxy
 * @param authority the target's address or name, and port
 * @param authorization goes to the proxy alone
 * @param signal ends the connection; its reason is what is thrown
 * @returns the same socket, now the target's
 * @throws FetchFailure `connect` where the proxy refuses
 */
export function openTunnel(
  socket: Socket,
  authority: string,
  authorization: string | null,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.destroy();
      reject(signal.aborted ? (signal.reason as Error) : error);
    };
    const asked = request({
      method: "CONNECT",
      path: authority,
      headers: {
        host: authority,
        ...(authorization === null ? {} : { "proxy-authorization": authorization }),
      },
      createConnection: () => socket,
      signal,
    });
    asked.on("error", fail);
    // A proxy that answers with a page where it should open the tunnel.
    asked.on("response", () => {
      fail(new FetchFailure("connect", "the proxy did not understand CONNECT", { retryable: false }));
    });
    asked.on("connect", ({ statusCode = 0 }, _socket, first) => {
      if (statusCode < 200 || statusCode > 299) {
        const retryable = !final.has(statusCode);
        fail(
          new FetchFailure("connect", `the proxy answered ${statusCode} to CONNECT ${authority}`, {
            retryable,
          }),
        );
        return;
      }
      if (first.length > 0) socket.unshift(first);
      resolve(socket);
    });
    asked.end();
  });
}
