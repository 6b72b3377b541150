/** Bytes up to which copying a chunk takes less time than giving it to the system by itself. */
const smallBytes = 8 << 10;

/** The same bytes in fewer chunks: small ones that follow each other are copied together. */
export function joinSmall(chunks: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  let run: Uint8Array[] = [];
  const endRun = (): void => {
    const [first] = run;
    if (first !== undefined) joined.push(run.length === 1 ? first : Buffer.concat(run));
    run = [];
  };
  for (const chunk of chunks) {
    if (chunk.byteLength <= smallBytes) run.push(chunk);
    else {
      endRun();
      joined.push(chunk);
    }
  }
  endRun();
  return joined;
}
