import { createClient, type FetchClient, type FetchOptions } from "../../src/index.js";

/** A client that asks for nothing but what it is told to, for tests of how it asks. */
export function plainClient(options: FetchOptions = {}): FetchClient {
  return createClient({ robots: "ignore", tdmrep: "ignore", ...options });
}
