import type { ServerResponse } from "node:http";

import { securityHeaders } from "./security-headers.js";

/** What goes back to the browser. */
export interface Answer {
  status: number;
  type: string;
  body: string | Uint8Array;
}

export function json(value: unknown, status = 200): Answer {
  return { status, type: "application/json; charset=utf-8", body: JSON.stringify(value) };
}

/** An answer that says what is wrong, to people and programs. */
export function failure(status: number, message: string): Answer {
  return json({ error: message }, status);
}

export function send(response: ServerResponse, { status, type, body }: Answer, withBody: boolean): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, {
    ...securityHeaders,
    "cache-control": "no-store",
    "content-type": type,
    "content-length": bytes.byteLength,
  });
  response.end(withBody ? bytes : undefined);
}
