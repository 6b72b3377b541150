import { join } from "node:path";

import { type FetchedRow, type ImagesReader, LeyendaError, readImages } from "@leyenda/core";

/** Reads the bodies of a fetched part, which lie in the part's images file and in those of its later revisions. */
export class Bodies {
  readonly #folder: string;
  readonly #files: Readonly<Record<string, string>>;
  readonly #readers = new Map<string, Promise<ImagesReader>>();

  /** @param files names of the part's files by role */
  constructor(folder: string, files: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#files = files;
  }

  /**
   * @param memory where the body goes; it has at least its length
   * @returns null for a row without a body
   * @throws LeyendaError DATA_CORRUPT when the body is not where the row says
   */
  async read(
    {
      image_file: role,
      image_offset: offset,
      image_length: length,
    }: Pick<FetchedRow, "image_file" | "image_offset" | "image_length">,
    memory: Uint8Array,
  ): Promise<Uint8Array | null> {
    if (role === null || offset === null || length === null) return null;
    const reader = this.#readers.get(role) ?? this.#open(role);
    this.#readers.set(role, reader);
    return (await reader).read({ offset: Number(offset), length }, memory.subarray(0, length));
  }

  async close(): Promise<void> {
    for (const reader of this.#readers.values()) await (await reader).close();
  }

  async #open(role: string): Promise<ImagesReader> {
    const name = this.#files[role];
    if (name === undefined) {
      throw new LeyendaError("DATA_CORRUPT", `the rows speak of ${role}, which the part does not have`, {
        where: this.#folder,
        hint: "delete the part's records and fetch it again",
      });
    }
    return readImages(join(this.#folder, name), { sequential: true });
  }
}
