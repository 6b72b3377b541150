/** The soak's web, a process of its own: tells its port, and ends with its parent. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { answerTo } from "./answer-to.js";

const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
const page = "<!DOCTYPE html><html><head><title>Gone</title></head><body>Sorry</body></html>";

const server = createServer((request, response) => {
  const row = Number(request.url?.slice(1));
  switch (answerTo(row)) {
    case "picture":
      response.end(Buffer.concat([gif, Buffer.from(String(row))]));
      return;
    case "gone":
      response.writeHead(404).end("no");
      return;
    case "broken":
      response.writeHead(500).end("no");
      return;
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "cut":
      response.writeHead(200, { "content-length": 1_000 });
      response.write(gif, () => {
        request.socket.end();
      });
      return;
    case "page":
      response.end(page);
      return;
    case "empty":
      response.end();
  }
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
