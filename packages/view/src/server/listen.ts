import type { Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";

import { LeyendaError } from "@leyenda/core";

/**
 * Listens at an address and port, 0 for any that is free.
 *
 * @returns the URL of the page
 * @throws LeyendaError USAGE when the port or address cannot be had
 */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new LeyendaError("USAGE", `the page cannot be served: ${cause.message}`, {
          where: `--host ${host} --port ${port}`,
          expected: "an address of this machine and a free port",
          hint: "--port 0 takes any port that is free",
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${taken}/`;
}
