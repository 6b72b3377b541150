// What a dataset of so many rows takes: work, traffic, storage, requests, queue, memory and money, from measured costs of a picture,
// a caption and a part. Prints the tables of `docs/scale.md`.
//
//     node tools/bench/scale/model.mjs [rows[:rowsPerPart] ...]        default: 12.4e6:10000 400e6:10000 5e9:100000
//
// Every figure below says where it comes from; change one and run it again.

/** Measured on a 2-core x86-64 machine with Node.js 20.20; the benchmarks beside this file make them anew. */
const measured = {
  /** Share of URLs that still give a picture: Conceptual 12M in October 2025. */
  aliveShare: 0.623,
  /** Share of rows that end in the dataset: 2,500,000 of 12,400,000. */
  wantedShare: 0.2016,
  /** Bytes: a line of the list, a body, a picture at 512 px and quality 90, and what all stages say of a row. */
  lineBytes: 210,
  bodyBytes: 160_000,
  storedBytes: 45_000,
  rowBytes: 600,
  /** CPU milliseconds (`fetch`, `clean`, `translate`, `shards` benchmarks): a picture, a picture, a caption (int8, beam 4), a row. */
  fetchMs: 0.76,
  cleanMs: 4.3,
  captionMs: 28.4,
  shardRowMs: 0.0103,
  /** CPU milliseconds to hash and write a megabyte. */
  shardMegabyteMs: 8,
  /** Microseconds a row of the list (cut into parts), and of the selection in memory and laid aside (`../select`). */
  listUs: 1.3,
  selectUs: 3.6,
  spilledUs: 0, // filled in below
  /** Bytes a row of the selection: in memory; and on disk where it is laid aside. */
  selectBytes: 82,
  spilledBytes: 240,
  /** The queue (`simulate.mjs`): bytes a part whose jobs wait, milliseconds to add it, bytes a part in a manifest. */
  queueBytes: 1,
  enqueueMs: 1,
  manifestBytes: 1,
  /** Requests to a bucket a part and stage (`requests.mjs`): those that write or list, and those that read. */
  writes: 1,
  reads: 1,
};

/** List prices as clouds ask them, in US dollars; assumptions, to be replaced by one's own. */
const prices = { coreHour: 0.04, gigabyteMonth: 0.023, thousandWrites: 0.005, thousandReads: 0.0004 };
