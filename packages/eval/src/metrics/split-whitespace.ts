/** Python's white space: what JavaScript's `\s` has, less U+FEFF, and the separators U+001C–1F and U+0085. */
const whitespace = /[\t-\r\u001c- \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** `str.split()` of Python. */
export function splitWhitespace(text: string): string[] {
  return text.split(whitespace).filter((word) => word !== "");
}
