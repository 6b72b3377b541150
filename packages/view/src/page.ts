// What another local page needs of this one: its server's guards, and the files that pages share.
export type { Answer } from "./server/answer.js";
export { json, send, sendHead } from "./server/answer.js";
export { isAllowedHost } from "./server/is-allowed-host.js";
export { listen } from "./server/listen.js";
export { contentPolicy } from "./server/security-headers.js";

/** The look of the page, the module that makes its elements, and its icon. */
export const sharedFiles = {
  style: new URL("../public/style.css", import.meta.url),
  icon: new URL("../public/icon.svg", import.meta.url),
  dom: new URL("../public/dom.js", import.meta.url),
} as const;
