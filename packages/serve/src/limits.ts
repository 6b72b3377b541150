/** What one server takes on. Sizes in bytes, times in milliseconds. */
export interface Limits {
  /** Largest picture file, uploaded or downloaded. @default 10_485_760 */
  maxBytes: number;
  /** Largest width × height of a picture. @default 50_000_000 */
  maxPixels: number;
  /** Pictures that wait or are being decoded; one more is refused with 503. @default 32 */
  queueLength: number;
  /** Uploads and downloads at the same time; one more is refused with 503. @default 64 */
  receiving: number;
  /** Bodies of all requests together that are in memory; what goes beyond is refused with 503. @default 67_108_864 */
  heldBytes: number;
  /** Most beams of a search. @default 8 */
  beams: number;
  /** Pictures that are captioned together. @default 16 */
  batchSize: number;
  /** A request's headers must be there by then. @default 10_000 */
  headersMs: number;
  /** A body must be there by then, from its headers on; a URL must be downloaded by then. @default 20_000 */
  bodyMs: number;
  /** Longest silence within a body. @default 5_000 */
  stallMs: number;
  /** Time for decoding one picture; its decoder is stopped then. @default 10_000 */
  decodeMs: number;
  /** A caption must be there by then, from the end of the body on. @default 30_000 */
  captionMs: number;
  /** Open connections; more are closed. @default 512 */
  connections: number;
  /** When closing, the time for captions that are under way. @default 10_000 */
  drainMs: number;
}

export const defaultLimits: Limits = {
  maxBytes: 10 << 20,
  maxPixels: 50_000_000,
  queueLength: 32,
  receiving: 64,
  heldBytes: 64 << 20,
  beams: 8,
  batchSize: 16,
  headersMs: 10_000,
  bodyMs: 20_000,
  stallMs: 5_000,
  decodeMs: 10_000,
  captionMs: 30_000,
  connections: 512,
  drainMs: 10_000,
};
