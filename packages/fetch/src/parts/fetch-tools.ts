import type { Breaker } from "../breaker.js";
import type { FetchClient } from "../create-client.js";

/** What a worker keeps from part to part. */
export interface FetchTools {
  client: FetchClient;
  breaker: Breaker;
}
