import { isIP } from "node:net";

import { FetchFailure } from "./fetch-failure.js";
import { isPublicAddress } from "./is-public-address.js";
import { matchHost } from "./match-host.js";

export interface AddressRules {
  lookup: (hostname: string) => Promise<readonly string[]>;
  resolve: Readonly<Record<string, string>>;
  allowPrivate: readonly string[];
}

/**
 * The addresses that a connection to a host may go to. The caller connects to one of these and looks nothing up again, so
 * that a name cannot point elsewhere between the check and the connection.
 *
 * @param hostname a name or an IP address, IPv6 without brackets
 * @returns at least one address
 * @throws FetchFailure `dns`, or `blocked_address` where no address is public
 */
export async function allowedAddresses(
  hostname: string,
  { lookup, resolve, allowPrivate }: AddressRules,
): Promise<readonly string[]> {
  const pinned = Object.entries(resolve).find(([pattern]) => matchHost(pattern, hostname))?.[1];
  const addresses =
    pinned !== undefined ? [pinned] : isIP(hostname) === 0 ? await lookUp(hostname, lookup) : [hostname];
  if (allowPrivate.some((pattern) => matchHost(pattern, hostname))) return addresses;
  const allowed = addresses.filter(isPublicAddress);
  if (allowed.length > 0) return allowed;
  throw new FetchFailure("blocked_address", `${hostname} is at ${addresses.join(", ")}, which is not public`);
}

/** Answers, not disturbances: the next lookup would say the same. */
const final = new Set(["ENOTFOUND", "ENODATA", "EBADNAME", "ENONAME"]);

async function lookUp(hostname: string, lookup: AddressRules["lookup"]): Promise<readonly string[]> {
  let addresses;
  try {
    addresses = (await lookup(hostname)).filter((address) => isIP(address) !== 0);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new FetchFailure("dns", `no address for ${hostname}: ${code}`, { retryable: !final.has(code) });
  }
  if (addresses.length === 0)
    throw new FetchFailure("dns", `no address for ${hostname}`, { retryable: false });
  return addresses;
}
