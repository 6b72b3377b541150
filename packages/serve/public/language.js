import { preferredLanguage } from "/api.js";
import { texts } from "/texts.js";

const key = "leyenda-language";

/** The language that was chosen here before, else the one that the browser prefers. */
export function startLanguage() {
  const kept = read();
  return kept !== null && Object.hasOwn(texts, kept) ? kept : preferredLanguage();
}

export function keepLanguage(language) {
  try {
    localStorage.setItem(key, language);
  } catch {
    // Without storage it is chosen anew each time.
  }
}

function read() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** A text of the page in its present language, or a list of them. */
export function say(name, values = {}) {
  const text = texts[document.documentElement.lang][name];
  return typeof text !== "string" ? text : text.replace(/\{(\w+)\}/g, (_, value) => String(values[value]));
}

/** What an error means, in the page's language where there are words for it. */
export function sayError({ code, message, hint }) {
  const known = texts[document.documentElement.lang].errors[code];
  return known ?? [message, hint].filter(Boolean).join(" ");
}

/** Puts the page's fixed texts into a language. */
export function applyLanguage(language) {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]"))
    element.textContent = say(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]"))
    element.setAttribute("aria-label", say(element.dataset.label));
  for (const button of document.querySelectorAll("#languages button"))
    button.setAttribute("aria-pressed", String(button.value === language));
}

/** A number as it is written in the page's language. */
export function number(value, digits = 0) {
  return value.toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
