import { readFile } from "node:fs/promises";

import { z } from "zod";

/** A picture to try without having one. */
export interface Sample {
  picture: Uint8Array;
  /** What the picture shows, in Spanish, as its dataset says; null where that is not known. */
  caption: string | null;
}

const listSchema = z.array(z.strictObject({ file: z.string().regex(/^[\w-]+\.jpg$/), caption: z.string() }));

/** The pictures that come with the page, drawn by the grammar of the sample dataset. */
export async function drawnSamples(): Promise<Sample[]> {
  const folder = new URL("../public/samples/", import.meta.url);
  const list = listSchema.parse(JSON.parse(await readFile(new URL("samples.json", folder), "utf8")));
  return Promise.all(
    list.map(async ({ file, caption }) => ({ picture: await readFile(new URL(file, folder)), caption })),
  );
}
