import { pythonWhitespace } from "./python-whitespace.js";

const whitespace = new RegExp(`[${pythonWhitespace}]+`);

/** `str.split()` of Python. */
export function splitWhitespace(text: string): string[] {
  return text.split(whitespace).filter((word) => word !== "");
}
