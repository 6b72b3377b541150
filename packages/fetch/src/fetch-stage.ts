import {
  contentNaming,
  type FetchConfig,
  type Json,
  nameOptions,
  type PartPlan,
  type Stage,
  type StageContext,
  withProgress,
} from "@leyenda/core";

import { checkContact } from "./check-contact.js";
import type { FetchOptions } from "./fetch-options.js";
import { Breaker } from "./breaker.js";
import { fetchPart } from "./parts/fetch-part.js";
import type { FetchTools } from "./parts/fetch-tools.js";
import { findSharedUrls } from "./parts/find-shared-urls.js";
import { revisePart } from "./parts/revise-part.js";
import { writePoliteness } from "./parts/write-politeness.js";
import type { SourcePart } from "./source/source-part.js";

/**
 * The stage from a list of rows to fetched parts: `rows.arrow` with an outcome for every line, `images.arrow` with the
 * bodies of the ok ones as they came, and `bad-rows.jsonl` with lines that are no rows, when there are any.
 *
 * @param injected what a test or a library user puts in the network's place
 */
export function createFetchStage(
  injected: Pick<FetchOptions, "connect" | "lookup"> = {},
): Stage<FetchConfig> {
  // One set for all parts of a worker: what a host may be asked knows no parts.
  let tools: Promise<FetchTools> | undefined;
  const openTools = async ({ config, workers = 1 }: StageContext<FetchConfig>): Promise<FetchTools> => {
    const { breaker, ...fetchOptions } = config.fetch;
    // What only plans need, and what only downloads need, is loaded where it is needed: that is half of a process's start.
    const { createClient } = await import("./create-client.js");
    return {
      client: createClient({ ...fetchOptions, workers, ...injected }),
      breaker: new Breaker(breaker),
    };
  };
  const toolsFor = (context: StageContext<FetchConfig>): Promise<FetchTools> =>
    (tools ??= openTools(context));
  return {
    name: "fetch",
    folder: "fetched",
    module: import.meta.url,
    // Rows wait for seconds, and are old garbage then. V8 lets that grow to four times what is alive before it looks: 120 MB a process.
    nodeOptions: ["--heap-growing-percent=50"],
    // A part's last downloads wait for slow servers; the next part uses the connections meanwhile.
    partsInFlight: 3,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({ node: process.version }),
    options: ({ config }) => options(config),
    plan: async ({ config, folders }) => {
      const { loadSourcePlan } = await import("./source/load-source-plan.js");
      const parts = await loadSourcePlan(config.source, folders.fetched);
      return { parts: parts.map(toPlan), warnings: await checkContact(config.fetch, parts) };
    },
    run: (part, context) => {
      const using = toolsFor(context);
      return withProgress(async (counter) => fetchPart(part, context, await using, counter));
    },
    revise: (_part, context, base, request) => {
      const using = toolsFor(context);
      return withProgress(async (counter) => revisePart(context, base, request, await using, counter));
    },
    finish: async ({ config, folders }, manifest) => ({
      ...(await findSharedUrls(folders.fetched, manifest, config.fetch.sharedRedirectRows)),
      ...(await writePoliteness(folders.fetched, manifest)),
    }),
    close: async () => {
      await (await tools)?.client.close();
      tools = undefined;
    },
  };
}

export const stage = createFetchStage();

/**
 * How fast we ask, what stops us, where to complain and what is listed afterwards decide nothing about what comes. A proxy is the
 * machine's affair, and its URL may hold a password.
 */
const undeciding = [
  "concurrency",
  "connectionsPerHost",
  "requestsPerSecondPerHost",
  "breaker",
  "contact",
  "sharedRedirectRows",
  "proxy",
];

/** The options that may decide what comes. */
function options(config: FetchConfig): Record<string, Json> {
  const { format, columns, header, quotes, extraColumns } = config.source;
  return {
    ...nameOptions("source", { format, columns, header, quotes, extraColumns }),
    ...nameOptions("fetch", config.fetch, undeciding),
  };
}

function toPlan(part: SourcePart, index: number): PartPlan {
  const { firstRow, rows, inputHash, slices } = part;
  return {
    name: `part-${String(index).padStart(5, "0")}`,
    rows,
    inputHash,
    input: { firstRow, slices } satisfies Pick<SourcePart, "firstRow" | "slices">,
  };
}
