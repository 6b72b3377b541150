import { validateHeaderName, validateHeaderValue } from "node:http";

import { LeyendaError } from "@leyenda/core";

const connectionWide = "it belongs to the connection, not to a request";
const secret = "it would be sent to every host of the list and of its redirects";
const conditional = "the answer might be no whole picture";

/** Names that a user's headers may not have, with the reason. */
const refused: Readonly<Record<string, string>> = {
  connection: connectionWide,
  "keep-alive": connectionWide,
  te: connectionWide,
  trailer: connectionWide,
  "transfer-encoding": connectionWide,
  upgrade: connectionWide,
  "http2-settings": connectionWide,
  "proxy-connection": connectionWide,
  "proxy-authorization": "credentials of a proxy belong into its URL",
  host: "the URL says it",
  "content-length": "requests have no body",
  expect: "requests have no body",
  "user-agent": "it has its own option, userAgent",
  authorization: secret,
  cookie: secret,
  range: conditional,
  "if-range": conditional,
  "if-match": conditional,
  "if-none-match": conditional,
  "if-modified-since": conditional,
  "if-unmodified-since": conditional,
};

/**
 * The headers of every request as a user wants them, with names in lower case.
 *
 * @throws LeyendaError `CONFIG_INVALID` for a header that must not or cannot be sent
 */
export function requestHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked = new Map<string, string>();
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    const problem = problemOf(name, value) ?? (checked.has(name) ? "it is there twice" : undefined);
    if (problem !== undefined) {
      throw new LeyendaError(
        "CONFIG_INVALID",
        `the header ${JSON.stringify(given)} cannot be set: ${problem}`,
        {
          where: `fetch.headers[${JSON.stringify(given)}]`,
          expected: 'headers that fit every request, such as { "accept-language": "es" }',
        },
      );
    }
    checked.set(name, value);
  }
  return Object.fromEntries(checked);
}

function problemOf(name: string, value: string): string | undefined {
  if (Object.hasOwn(refused, name)) return refused[name];
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
