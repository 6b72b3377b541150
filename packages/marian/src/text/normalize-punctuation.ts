/** Moses' `replace-unicode-punctuation.perl`, which opus-mt's training texts went through. */
const replacements: Readonly<Record<string, string>> = {
  "，": ",",
  "、": ",",
  "”": '"',
  "“": '"',
  "∶": ":",
  "：": ":",
  "？": "?",
  "《": '"',
  "》": '"',
  "）": ")",
  "！": "!",
  "（": "(",
  "；": ";",
  "」": '"',
  "「": '"',
  "０": "0",
  "１": "1",
  "２": "2",
  "３": "3",
  "４": "4",
  "５": "5",
  "６": "6",
  "７": "7",
  "８": "8",
  "９": "9",
  "～": "~",
  "’": "'",
  "‘": "'",
  "…": "...",
  "━": "-",
  "〈": "<",
  "〉": ">",
  "【": "[",
  "】": "]",
  "％": "%",
};
const replaced = new RegExp(`[${Object.keys(replacements).join("")}]`, "gu");

/**
 * Text as the models saw it in training: full-width and curly punctuation as ASCII, zero-width characters gone, control characters as
 * spaces. Hugging Face's tokenizer does not do this, so it is an option, and off where its words are wanted.
 */
export function normalizePunctuation(text: string): string {
  return text
    .replaceAll(replaced, (character) => replacements[character] ?? character)
    .replaceAll(/[。．] */gu, ". ")
    .replaceAll(/[\u200b-\u200f\u2060\ufeff\u00ad]/gu, "")
    .replaceAll(/\p{Cc}/gu, " ")
    .trimEnd();
}
