import { createServer } from "node:http";

import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { HonoAdapter } from "@bull-board/hono";
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { stageNames } from "@leyenda/core";
import { isAllowedHost, listen } from "@leyenda/view/page";
import { Hono } from "hono";

import { Queues } from "../jobs/queues.js";
import { buildQueue } from "../run/queue-names.js";

export interface DashboardOptions {
  /** Of a server that `checkRedis` has found fit. */
  url: string;
  /** 0 takes any that is free. @default 8430 */
  port?: number;
  /** Address or name to listen at. @default "127.0.0.1": who sees the page can also remove and retry jobs */
  host?: string;
}

export interface Dashboard {
  url: string;
  close: () => Promise<void>;
}

/** Serves bull-board: the queues, their jobs and errors, with buttons that retry and remove. */
export async function startDashboard({
  url,
  port = 8430,
  host = "127.0.0.1",
}: DashboardOptions): Promise<Dashboard> {
  const queues = new Queues(url);
  const adapter = new HonoAdapter(serveStatic);
  createBullBoard({
    queues: ([buildQueue, ...stageNames] as const).map((name) => new BullMQAdapter(queues.of(name))),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: "Leyenda" } },
  });
  const app = new Hono();
  app.use(async (context, next) => {
    if (!isAllowedHost(context.req.header("host"), host)) return context.text("not under this name", 403);
    await next();
    return undefined;
  });
  app.route("/", adapter.registerPlugin());
  const answer = getRequestListener(app.fetch);
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  return {
    url: await listen(server, host, port),
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await queues.close();
    },
  };
}
