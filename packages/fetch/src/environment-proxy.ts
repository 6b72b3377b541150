import ipaddr from "ipaddr.js";

import type { ConnectTarget } from "./fetch-options.js";
import { matchHost } from "./match-host.js";

/**
 * The proxy that the environment names for a target: HTTP_PROXY or HTTPS_PROXY by its protocol, else ALL_PROXY, unless
 * NO_PROXY names the target. Names in small letters go before capitals.
 *
 * NO_PROXY is a list, with commas or spaces, of `*`, host names (which stand for what is below them too, with or without a
 * leading dot), IP addresses, and networks such as `10.0.0.0/8`; each but a network may end in a port.
 *
 * @returns undefined where there is none
 */
export function environmentProxy(
  target: ConnectTarget,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const read = (name: string): string =>
    [environment[name], environment[name.toUpperCase()]].find(
      (value) => value !== undefined && value !== "",
    ) ?? "";
  const exempt = read("no_proxy")
    .split(/[\s,]+/)
    .some((entry) => entry !== "" && covers(entry, target));
  if (exempt) return undefined;
  const proxy = [read(`${target.protocol.slice(0, -1)}_proxy`), read("all_proxy")].find((url) => url !== "");
  return proxy === undefined || proxy.includes("://") ? proxy : `http://${proxy}`;
}

function covers(entry: string, { hostname, port }: ConnectTarget): boolean {
  if (ipaddr.isValidCIDR(entry)) return contains(entry, hostname);
  const bare = ipaddr.isValid(entry) ? [entry, undefined] : splitPort(entry);
  const [host = "", onPort] = bare;
  if (onPort !== undefined && Number(onPort) !== port) return false;
  const name = host.replace(/^\*?\./, "");
  return matchHost(name, hostname) || matchHost(`*.${name}`, hostname);
}

function splitPort(entry: string): readonly [string, string | undefined] {
  const match = /^(.+):(\d+)$/.exec(entry);
  return match === null ? [entry, undefined] : [match[1] ?? "", match[2]];
}

function contains(network: string, hostname: string): boolean {
  if (!ipaddr.isValid(hostname)) return false;
  const address = ipaddr.process(hostname);
  const [base, bits] = ipaddr.parseCIDR(network);
  return address.kind() === base.kind() && address.match(base, bits);
}
