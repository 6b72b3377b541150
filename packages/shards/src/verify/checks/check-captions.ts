import type { DatasetRow } from "../formats/dataset-format.js";
import type { Say } from "../problem-list.js";

/** UTF-8 that was read as Latin-1 or Windows-1252: `Ã±` for `ñ`. */
const mojibake = /[ÃÂ][\u0080-\u00BF]|â€/u;
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/u;

/** Names captions that are missing, empty or broken. */
export function checkCaptions({ captions, flags }: DatasetRow, where: string, say: Say): void {
  for (const { name, text } of captions) {
    // A translation that is empty is told of in its flags; one that is not told of is a mistake.
    const isKnown = name === "caption_es" && flags.split(",").includes("empty");
    if (text === null) say("caption", where, `${name} is missing`);
    else if (text.trim() === "") {
      if (!isKnown) say("caption", where, `${name} is empty`);
    } else if (text.includes("\uFFFD")) say("caption", where, `${name} is not valid UTF-8`);
    else if (control.test(text)) say("caption", where, `${name} has control characters`, "warning");
    else if (mojibake.test(text))
      say("caption", where, `${name} looks like UTF-8 that was read as Latin-1`, "warning");
  }
}
