import type { Words } from "@leyenda/core";

export interface DuplicateOptions {
  /** Different captions under which one picture must be found to be a placeholder; 0 keeps such pictures. */
  placeholderCaptions: number;
  /** Bits in which both perceptual hashes of near duplicates may differ, 0 to 10; 0 compares bodies only. */
  nearDuplicateBits: number;
  /** DCT hashes of pictures that must not be chosen, nor pictures near to them. */
  excludedHashes?: Words;
}
