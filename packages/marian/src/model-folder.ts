import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { hashJson, writeFileAtomically } from "@leyenda/core";

export const modelInfoName = "leyenda-model.json";

/** Size and hash of each file of a model, by name. */
export type ModelFiles = Record<string, { bytes: number; sha256: string }>;

/** The folder that a converted model is written to, its files one by one and then what it is. */
export class ModelFolder {
  readonly #path: string;
  readonly #files: ModelFiles = {};

  private constructor(path: string) {
    this.#path = path;
  }

  static async create(path: string): Promise<ModelFolder> {
    await mkdir(path, { recursive: true });
    return new ModelFolder(path);
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await writeFileAtomically(join(this.#path, name), bytes);
    this.#files[name] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  }

  /**
   * Writes `leyenda-model.json`, by which the folder is a model.
   *
   * @param from what it was converted from; its last part is the model's name
   * @returns what stands there: `hash`, over all the rest, names the model in records
   */
  async describe<Description extends object>(
    from: string,
    description: Description,
  ): Promise<Description & { name: string; files: ModelFiles; hash: string }> {
    const described = { ...description, name: basename(resolve(from)), files: this.#files };
    const hash = hashJson(JSON.parse(JSON.stringify(described)) as Record<string, string>);
    const info = { ...described, hash };
    await writeFileAtomically(join(this.#path, modelInfoName), `${JSON.stringify(info, null, 2)}\n`);
    return info;
  }
}
