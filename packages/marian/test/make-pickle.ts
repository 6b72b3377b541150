/** A pickle of protocol 2 around some operations. */
export const makePickle = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat([
    Buffer.from([0x80, 2]),
    ...parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))),
  ]);
