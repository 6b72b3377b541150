import type { Data, Utf8, Vector } from "apache-arrow";

import { foldText } from "./fold-text.js";

/** What is looked for in captions: words, all of which stand in a caption, in whatever case, accents or place. */
export class CaptionQuery {
  readonly #words: readonly string[];

  constructor(text: string) {
    this.#words = foldText(text)
      .split(/\s+/)
      .filter((word) => word !== "");
  }

  /** Whether every caption fits. */
  get isEmpty(): boolean {
    return this.#words.length === 0;
  }

  matches(caption: string): boolean {
    const folded = foldText(caption);
    return this.#words.every((word) => folded.includes(word));
  }

  /** Whether a row of a batch may fit: the batch's captions, folded in one go, have all words somewhere. Most batches do not. */
  mayMatch(captions: Vector): boolean {
    return captions.data.some((data) => {
      const { values, valueOffsets } = data as Data<Utf8>;
      const text = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString(
        "utf8",
        valueOffsets[0],
        valueOffsets[data.length],
      );
      const folded = foldText(text);
      return this.#words.every((word) => folded.includes(word));
    });
  }
}
