/** Whether a text is a URL under which somebody can be reached, fit to stand in a header: http, https or mailto. */
export function isContact(text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || /[()\\]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, pathname } = new URL(text);
  return protocol === "mailto:" ? pathname.includes("@") : protocol === "http:" || protocol === "https:";
}
