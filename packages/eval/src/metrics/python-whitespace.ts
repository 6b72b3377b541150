/** Python's white space, for use within a class of a regular expression: what `\s` has, less U+FEFF, with U+001C–1F and U+0085. */
export const pythonWhitespace =
  "\\t-\\r\\u001c- \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const atEnd = new RegExp(`[${pythonWhitespace}]+$`);
const atStart = new RegExp(`^[${pythonWhitespace}]+`);

/** `str.rstrip()` of Python. */
export function stripEnd(text: string): string {
  // Looking at the last character first spares the search from every space in the text.
  return text === text.trimEnd() && !/[\u001c-\u001f\u0085]$/.test(text) ? text : text.replace(atEnd, "");
}

/** `str.strip()` of Python. */
export function strip(text: string): string {
  return stripEnd(text).replace(atStart, "");
}
