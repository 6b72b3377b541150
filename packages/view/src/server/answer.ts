import type { ServerResponse } from "node:http";

import { securityHeaders } from "./security-headers.js";

/** What goes back to the browser. */
export interface Answer {
  status: number;
  type: string;
  body: string | Uint8Array;
  /** Beside those that every answer has, or in their place. */
  headers?: Readonly<Record<string, string>>;
}

export function json(value: unknown, status = 200): Answer {
  return { status, type: "application/json; charset=utf-8", body: JSON.stringify(value) };
}

/** An answer that says what is wrong, to people and programs. */
export function failure(status: number, message: string): Answer {
  return json({ error: message }, status);
}

export function send(response: ServerResponse, answer: Answer, withBody: boolean): void {
  const bytes = sendHead(response, answer);
  response.end(withBody ? bytes : undefined);
}

/** Sends the head of an answer. @returns its body, which is to follow */
export function sendHead(response: ServerResponse, { status, type, body, headers }: Answer): Uint8Array {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, {
    ...securityHeaders,
    "cache-control": "no-store",
    "content-type": type,
    "content-length": bytes.byteLength,
    ...headers,
  });
  return bytes;
}
