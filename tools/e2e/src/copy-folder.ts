import { dirname, join } from "node:path";

import { storeOf } from "@leyenda/core";

/** Copies a folder with all that is in it from one store to another. */
export async function copyFolder(from: string, to: string): Promise<void> {
  const target = storeOf(to);
  for (const { name } of await storeOf(from).walk(from)) {
    const content = await storeOf(from).read(join(from, name));
    if (content === null) throw new Error(`${join(from, name)} has gone`);
    await target.prepare(dirname(join(to, name)));
    await target.replace(join(to, name), content);
  }
}
