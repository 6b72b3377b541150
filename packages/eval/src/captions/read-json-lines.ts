import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { isErrno, LeyendaError } from "@leyenda/core";

/** A JSON object and where it stands. */
export interface JsonLine {
  fields: Readonly<Record<string, unknown>>;
  /** `file:line` */
  where: string;
}

/**
 * Reads a file of JSON objects, one a line; empty lines are passed over.
 *
 * @throws LeyendaError SOURCE_MISSING, or SOURCE_INVALID naming the line
 */
export async function* readJsonLines(path: string): AsyncGenerator<JsonLine, void, undefined> {
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      const where = `${path}:${number}`;
      // A byte order mark is no part of the first line.
      const text = number === 1 ? line.replace(/^\ufeff/, "") : line;
      if (text.trim() !== "") yield { fields: parse(text, where), where };
    }
  } catch (error) {
    if (isErrno(error, "ENOENT", "EISDIR", "EACCES"))
      throw new LeyendaError("SOURCE_MISSING", "a file of captions cannot be read", {
        where: path,
        cause: error,
      });
    throw error;
  }
}

function parse(text: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LeyendaError("SOURCE_INVALID", `a line is no JSON: ${(cause as Error).message}`, {
      where,
      expected: 'an object a line, such as {"id": "1", "caption": "un perro"}',
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new LeyendaError("SOURCE_INVALID", "a line is no object", {
    where,
    expected: '{"id": …, "caption": …}',
  });
}
