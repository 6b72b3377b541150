import { open } from "node:fs/promises";

/** Makes a folder's entries durable: a rename or a link is so only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
