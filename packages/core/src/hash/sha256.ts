import { hash } from "node:crypto";

/** SHA-256 of bytes or of a string's UTF-8, in hex. */
export function sha256(data: Uint8Array | string): string {
  return hash("sha256", data, "hex");
}
