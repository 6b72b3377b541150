import { z } from "zod";

import { translationFlags } from "../rows/translation-flags.js";

const count = z.int().nonnegative();
const positive = z.int().positive();
const milliseconds = positive.max(3_600_000);

/** How rows are found in the list. */
const sourceColumns = z.union([
  z
    .array(z.string().min(1))
    .min(2)
    .refine((names) => new Set(names).size === names.length, "expected every name once")
    .refine(
      (names) => names.includes("url") && names.includes("caption"),
      "expected url and caption, once each",
    ),
  z.strictObject({
    url: z.string().min(1).describe("Name of the column or field that holds the URL"),
    caption: z.string().min(1).describe("Name of the column or field that holds the caption"),
  }),
]);

const source = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .describe(
        "The list of rows: a file, a folder or a glob, relative to this file; an http(s) URL; or hf://datasets/<owner>/<name>[@revision]/<path or glob>. gzip and zstd are unpacked",
      ),
    format: z
      .enum(["tsv", "csv", "jsonl", "txt", "parquet"])
      .nullable()
      .default(null)
      .describe("Format of every file of the list; null finds it from each file's content and name"),
    columns: sourceColumns
      .nullable()
      .default(null)
      .describe(
        'The names of a list without header, in order, url and caption among them; or {"url": …, "caption": …}, their names in a header, in JSON fields or in Parquet; null finds them',
      ),
    header: z
      .boolean()
      .nullable()
      .default(null)
      .describe("Whether the first row of a TSV or CSV file names its columns; null looks at it"),
    quotes: z
      .boolean()
      .nullable()
      .default(null)
      .describe("Whether quoted cells (RFC 4180) are unwrapped; null does so in CSV and not in TSV"),
    extraColumns: z
      .union([z.literal("all"), z.array(z.string().min(1))])
      .default([])
      .describe("Further columns that are carried through to the dataset as JSON, in its column extra"),
    maxRows: positive
      .nullable()
      .default(null)
      .describe("Use only the first rows of the list; null uses them all"),
    rowsPerPart: positive
      .max(1_000_000)
      .default(10_000)
      .describe("Rows in a part, the unit of work, commit and resume"),
  })
  .refine(({ maxRows, rowsPerPart }) => maxRows === null || maxRows % rowsPerPart === 0, {
    path: ["maxRows"],
    message: "expected a multiple of source.rowsPerPart, so that raising it later only adds parts",
  });

const fetch = z.strictObject({
  concurrency: positive.max(4096).default(64).describe("Downloads in flight in each worker process"),
  connectionsPerHost: positive
    .max(256)
    .default(6)
    .describe("Requests in flight to one host, all worker processes together; each has at least one"),
  requestsPerSecondPerHost: z
    .number()
    .positive()
    .max(1_000_000)
    .default(20)
    .describe(
      "Requests to one host in a second, all worker processes together; halved when a host answers 429 or 503",
    ),
  dnsMs: milliseconds.default(5_000).describe("Deadline for a host's name lookup"),
  connectMs: milliseconds
    .default(5_000)
    .describe("Deadline for a TCP connection to any of a host's addresses"),
  tlsMs: milliseconds.default(5_000).describe("Deadline for a TLS handshake"),
  headersMs: milliseconds.default(10_000).describe("Deadline for the response headers"),
  stallMs: milliseconds.default(5_000).describe("Longest silence within a body"),
  totalMs: milliseconds.default(20_000).describe("Deadline of one attempt, redirects included"),
  maxBytes: positive.default(20_000_000).describe("Largest body, on the wire and decoded"),
  maxRedirects: count.max(50).default(5),
  retries: count.max(20).default(2).describe("Further attempts after a transient failure"),
  retryBaseMs: milliseconds.default(500).describe("First pause before a retry; it doubles each time"),
  maxRetryAfterMs: milliseconds.default(30_000).describe("Longest Retry-After that is waited for"),
  http2: z.boolean().default(true).describe("Offer HTTP/2 to https servers"),
  proxy: z
    .string()
    .min(1)
    .default("environment")
    .describe('URL of a proxy; "environment" reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY; "none"'),
  proxyLookup: z
    .enum(["local", "proxy"])
    .default("local")
    .describe(
      "Who looks names up when there is a proxy; only local lookups are checked for private addresses",
    ),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe("Further headers of every request, such as accept-language"),
  userAgent: z
    .string()
    .min(1)
    .default("Leyenda/0.1 (image dataset builder)")
    .describe("Say who you are, with a contact"),
  userAgentToken: z
    .string()
    .regex(/^[a-z_-]+$/i, "expected letters, '_' and '-' only, as RFC 9309 has it")
    .default("leyenda")
    .describe("The name under which robots.txt and X-Robots-Tag address this crawler"),
  robots: z
    .enum(["obey", "record", "ignore"])
    .default("obey")
    .describe("robots.txt (RFC 9309): obey it, only record what it says in each row, or do not ask for it"),
  tdmrep: z
    .enum(["obey", "record", "ignore"])
    .default("obey")
    .describe(
      "/.well-known/tdmrep.json of origins that gave a picture: obey it, only record it in each row, or do not ask for it",
    ),
  obeyOptOut: z
    .boolean()
    .default(true)
    .describe("Leave out pictures whose headers reserve them from AI training"),
  allowPrivate: z.array(z.string()).default([]).describe("Host patterns whose private addresses are allowed"),
  breaker: z
    .strictObject({
      window: count
        .max(1_000_000)
        .default(500)
        .describe("Rows of a worker process that are looked at together; 0 never stops a run"),
      share: z
        .number()
        .gt(0)
        .max(1)
        .default(0.9)
        .describe("Share of rows and of hosts that must have failed"),
      hosts: positive.default(20).describe("Hosts that must have failed"),
    })
    .prefault({})
    .describe("When to stop a run in which nearly everything fails for a reason that may pass"),
  resolve: z
    .record(z.string(), z.string())
    .default({})
    .describe("Host pattern to IP address, as curl --resolve"),
});

const clean = z.strictObject({
  resize: z
    .enum(["no", "keep_ratio", "keep_ratio_largest", "center_crop", "border"])
    .default("keep_ratio_largest"),
  size: positive.max(16_384).default(512).describe("Target side in pixels"),
  onlyIfBigger: z.boolean().default(true).describe("Never enlarge a picture"),
  format: z.enum(["jpeg", "webp", "png", "avif"]).default("jpeg").describe("What pictures are stored as"),
  quality: positive.max(100).default(95).describe("Quality of the stored pictures; PNG has none"),
  minSide: positive.default(64).describe("Smallest side of the original in pixels"),
  maxAspectRatio: z.number().min(1).default(5).describe("Longer side / shorter side of the original"),
  maxArea: positive
    .nullable()
    .default(null)
    .describe("Largest width × height of the original in pixels; null accepts all that are no bombs"),
  maxPixels: positive.default(100_000_000).describe("Pixels of the original above which it counts as a bomb"),
  animated: z.enum(["drop", "first_frame"]).default("drop"),
  background: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "expected a colour such as #ffffff")
    .default("#ffffff")
    .describe("Colour under transparent pixels and around bordered ones"),
  blurColumn: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Column of source.extraColumns with boxes to blur: JSON [[left, top, right, bottom], …], each 0 to 1 of the upright picture",
    ),
});

const captions = z.strictObject({
  minCharacters: count.default(0).describe("Fewest characters of a caption"),
  maxCharacters: count.default(0).describe("Most characters of a caption; 0 is no limit"),
  minWords: count.default(0).describe("Fewest words of a caption"),
  maxWords: count.default(0).describe("Most words of a caption; 0 is no limit"),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, "expected a code of two letters such as en"))
    .default([])
    .describe("Keep captions of four words or more only in these languages (ISO 639-1); none keeps all"),
  boilerplate: z
    .boolean()
    .default(false)
    .describe('Drop captions that say nothing: file names, addresses, "image", "stock photo", …'),
  patterns: z
    .array(z.string().refine(isPattern, "expected a regular expression"))
    .default([])
    .describe("Drop captions in which one of these regular expressions is found; case does not matter"),
});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "iu") instanceof RegExp;
  } catch {
    return false;
  }
}

const select = z.strictObject({
  train: count.describe("Rows in the train split, exactly"),
  validation: count.describe("Rows in the validation split, exactly"),
  seed: z.string().min(1).default("leyenda").describe("Ranks the rows together with their keys"),
  placeholderCaptions: count
    .default(10)
    .describe("A picture found under this many different captions is a placeholder; 0 keeps such pictures"),
  nearDuplicateBits: count
    .max(10)
    .default(4)
    .describe(
      "Bits of 64 in which both perceptual hashes of near duplicates may differ; 0 compares bytes only",
    ),
  exclude: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "Lists of what must not be chosen, such as an evaluation set's pictures, relative to this file: a URL, SHA-256, key or DCT hash a line",
    ),
  captions: captions.prefault({}),
});

const flagThresholds = z
  .strictObject({
    minLengthRatio: z.number().positive().default(0.5),
    maxLengthRatio: z.number().positive().default(2.5),
    lengthFrom: count
      .default(20)
      .describe("Characters of the longer text from which the ratio, translation to source, is looked at"),
    loopRepeats: z
      .int()
      .min(2)
      .max(1000)
      .default(3)
      .describe("The same words so many times in a row are a loop, if the source has no such run"),
  })
  .refine(({ minLengthRatio, maxLengthRatio }) => minLengthRatio < maxLengthRatio, {
    path: ["maxLengthRatio"],
    message: "expected more than translate.flags.minLengthRatio",
  });

const policy = z.strictObject(
  Object.fromEntries(
    translationFlags.map((flag) => [
      flag,
      z.enum(["keep", "retry"]).default("keep").describe(`What to do with a translation flagged ${flag}`),
    ]),
  ) as Record<(typeof translationFlags)[number], z.ZodDefault<z.ZodEnum<{ keep: "keep"; retry: "retry" }>>>,
);

const translate = z
  .strictObject({
    model: z.string().min(1).describe("Folder of a converted Marian model, relative to this file"),
    beams: positive.max(32).default(4),
    maxLength: positive.max(512).default(64).describe("Longest translation in tokens, </s> included"),
    maxSourceLength: positive
      .max(512)
      .default(64)
      .describe("Captions are cut to this many tokens, </s> included"),
    earlyStopping: z.union([z.boolean(), z.literal("never")]).default(true),
    lengthPenalty: z.number().default(1),
    batchTokens: positive.default(2048).describe("Source tokens translated together in each worker process"),
    flags: flagThresholds.prefault({}).describe("When a translation is marked as poor"),
    policy: policy.prefault({}).describe("Marked translations are kept, or tried again"),
    retry: z
      .strictObject({
        beams: z.int().min(1).max(32).default(8),
        noRepeatNgram: count
          .max(64)
          .default(3)
          .describe("No run of so many tokens comes twice in such a translation; 0 allows all"),
      })
      .prefault({})
      .describe("How they are tried again; the result is taken if it has fewer marks"),
    cache: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe("Folder, relative to this file, that keeps translations for other builds; null keeps none"),
  })
  .refine(({ cache, beams, retry }) => cache === null || (beams > 1 && retry.beams > 1), {
    path: ["cache"],
    message: "expected null, or at least 2 beams: a greedy translation's last digits depend on its batch",
  });

const shards = z.strictObject({
  rowsPerShard: positive.default(5_000),
  rowsPerBatch: positive.max(10_000).default(100).describe("Rows in an Arrow record batch"),
  license: z.string().min(1).default("other").describe("Licence identifier on the data card"),
});

const evaluate = z.strictObject({
  references: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("Tab-separated url, caption, human translation; rows found there are scored"),
  samplePictures: count.max(500).default(24).describe("Pictures shown in the report"),
});

/** What downloading alone needs to know: the part of a dataset's config that `fetch` reads. */
export const fetchConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, "expected lower-case letters, digits, '.', '_' and '-'"),
  source,
  fetch: fetch.prefault({}),
  workers: positive.max(1024).nullable().default(null).describe("Worker processes; null is one per core"),
});

export type FetchConfig = z.infer<typeof fetchConfigSchema>;

/** Everything that describes a dataset. Unknown keys are errors; paths are relative to the file. */
export const datasetConfigSchema = fetchConfigSchema.extend({
  clean: clean.prefault({}),
  select,
  translate,
  shards: shards.prefault({}),
  eval: evaluate.prefault({}),
});

export type DatasetConfig = z.infer<typeof datasetConfigSchema>;
