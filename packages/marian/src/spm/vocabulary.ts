const special = { end: "</s>", unknown: "<unk>", pad: "<pad>" } as const;

/** Pieces and their ids, and text again from ids. */
export class Vocabulary {
  readonly ids: ReadonlyMap<string, number>;
  readonly end: number;
  readonly unknown: number;
  readonly #pieces: readonly string[];
  readonly #skipped: ReadonlySet<number>;

  /** @throws Error where there is no `</s>` or no `<unk>` */
  constructor(ids: ReadonlyMap<string, number>) {
    this.ids = ids;
    const idOf = (token: string): number => {
      const id = ids.get(token);
      if (id === undefined) throw new Error(`the vocabulary has no ${token}`);
      return id;
    };
    this.end = idOf(special.end);
    this.unknown = idOf(special.unknown);
    const pieces: string[] = [];
    for (const [piece, id] of ids) pieces[id] = piece;
    this.#pieces = pieces;
    this.#skipped = new Set(Object.values(special).flatMap((token) => ids.get(token) ?? []));
  }

  /** The piece of an id, `▁` for a space before it; "" for a special token, or one that is none. */
  piece(id: number): string {
    return this.#skipped.has(id) ? "" : (this.#pieces[id] ?? "");
  }

  /** Joins pieces to text, without special tokens. */
  decode(ids: Iterable<number>): string {
    let text = "";
    for (const id of ids) text += this.piece(id);
    return text.replaceAll("▁", " ").trim();
  }
}
