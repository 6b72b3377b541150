/** A parameter, or `special:model.yml`, of a Marian file. */
export interface MarianItem {
  name: string;
  /** As Marian writes it, [in, out]. */
  shape: number[];
  content: MarianContent;
}

export type MarianContent = { kind: "floats"; data: Float32Array } | { kind: "bytes"; data: Uint8Array };
