import type { IncomingMessage, ServerResponse } from "node:http";

import { type Answer, sendHead } from "@leyenda/view/page";

/** Milliseconds and bytes that a client is still listened to. */
const lingerMs = 1_000;
const lingerBytes = 32 << 20;

/**
 * Answers a request whose body has not been read to its end, and ends its connection. What still comes is read and forgotten for a
 * moment: a connection that is closed on a client that writes is reset, and the answer is often lost with it.
 */
export async function sendEarly(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const done = new Promise<void>((resolve) => {
    let left = lingerBytes;
    const timer = setTimeout(resolve, lingerMs);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) finish();
    });
    request.once("end", finish).once("close", finish).once("error", finish);
    response.once("close", finish);
  });
  const closing = { ...answer, headers: { ...answer.headers, connection: "close" } };
  // Not its end yet: Node.js would close the connection with it.
  response.write(sendHead(response, closing));
  request.resume();
  await done;
  response.end();
}
