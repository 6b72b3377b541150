import { z } from "zod";

/** What a run costs, for each picture or caption. */
export const ratesSchema = z.strictObject({
  aliveShare: z.number().min(0).max(1),
  bodyBytes: z.number().positive(),
  storedBytes: z.number().positive(),
  rowBytes: z.number().positive(),
  fetchCpuMs: z.number().positive(),
  fetchPerSecond: z.number().positive(),
  cleanCpuMs: z.number().positive(),
  captionsPerCoreSecond: z.number().positive(),
  shardBytesPerSecond: z.number().positive(),
});

export type Rates = z.infer<typeof ratesSchema>;

/** Rates used where the user gives none, and where each comes from. */
export const defaultRates: Rates = {
  aliveShare: 0.623,
  bodyBytes: 160_000,
  storedBytes: 45_000,
  rowBytes: 600,
  fetchCpuMs: 0.8,
  fetchPerSecond: 400,
  cleanCpuMs: 4.3,
  captionsPerCoreSecond: 35,
  shardBytesPerSecond: 200e6,
};

export const rateSources: Record<keyof Rates, string> = {
  aliveShare: "share of URLs that still give a picture: CC12M in October 2025",
  bodyBytes: "mean bytes of a body: COCO photos",
  storedBytes: "mean bytes of a stored JPEG at 512 px, quality 90",
  rowBytes: "bytes a row in rows files, all stages",
  fetchCpuMs: "CPU of fetch for each picture: measured, 160 KB bodies on loopback",
  fetchPerSecond:
    "pictures a second that the network and the sites' manners allow; an assumption: set it to what you see",
  cleanCpuMs: "CPU of clean for each picture: measured, COCO photos to 512 px",
  captionsPerCoreSecond: "captions a second and core: opus-mt-sized model, int8, beam 4",
  shardBytesPerSecond: "bytes a second into shards: an ordinary SSD with fsync",
};
