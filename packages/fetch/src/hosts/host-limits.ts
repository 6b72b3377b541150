/** How hard one host may be asked, all its ports and protocols together. */
export interface HostLimits {
  /** Requests in flight. */
  connectionsPerHost: number;
  /** Requests in a second; may be a fraction. */
  requestsPerSecondPerHost: number;
  /** Requests that a host which was left in peace may get at once. */
  burst: number;
}

/**
 * Each of `workers` processes gets its share of what a host may be asked by all of them. A host then sees at most
 * `max(connectionsPerHost, workers)` requests in flight, and in any t seconds at most
 * `max(requestsPerSecondPerHost, workers) + requestsPerSecondPerHost · t` requests.
 */
export function hostLimits(
  { connectionsPerHost, requestsPerSecondPerHost }: Omit<HostLimits, "burst">,
  workers: number,
): HostLimits {
  return {
    connectionsPerHost: Math.max(1, Math.floor(connectionsPerHost / workers)),
    requestsPerSecondPerHost: requestsPerSecondPerHost / workers,
    burst: Math.max(1, requestsPerSecondPerHost / workers),
  };
}
