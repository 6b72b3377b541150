/**
 * An element with its children. Text stays text: captions and URLs come from anybody.
 *
 * @param {string} name
 * @param {Record<string, string | boolean | null>} attributes null and false leave one out
 * @param {...(Node | string | null)} children null leaves one out
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The page's element of an id. */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`there is no #${id}`);
  return found;
}

/** A link where an address is one of the web, plain text otherwise (`javascript:` and the like). */
export function webLink(address) {
  const isWeb = /^https?:\/\//i.test(address);
  return isWeb
    ? element("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, address)
    : document.createTextNode(address);
}

/** What the server says of a path, as JSON; an error with its message where it says no. */
export async function ask(path, signal) {
  const response = await fetch(path, { signal });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

/** A number as people read it. */
export function number(value) {
  return value.toLocaleString("en");
}
