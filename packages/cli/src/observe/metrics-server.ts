import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { LeyendaError } from "@leyenda/core";

import { createMetrics } from "./metrics.js";
import type { Observer } from "./observer.js";

/**
 * Serves the run's figures to Prometheus at `/metrics`.
 *
 * @param port 0 takes any that is free
 * @param host the loopback unless the user says otherwise: the figures are nobody else's business
 */
export async function startMetricsServer(port: number, host: string): Promise<Observer & { url: string }> {
  const metrics = createMetrics();
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url?.split("?")[0] !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    void metrics.text().then((text) => {
      response.writeHead(200, { "content-type": metrics.contentType }).end(text);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new LeyendaError("USAGE", `the metrics cannot be served: ${cause.message}`, {
          where: `--metrics-port ${port}`,
          expected: "a free port",
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${taken}/metrics`,
    event: metrics.event,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
