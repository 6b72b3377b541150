import { storeOf } from "../store/store-of.js";

/** Creates or replaces a small file: readers see the old content or the new, never a part of it. */
export function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  return storeOf(path).replace(path, content);
}
