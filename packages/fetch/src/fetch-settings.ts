import { isIP } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { isContact, LeyendaError } from "@leyenda/core";

import { proxyFor } from "./proxy-for.js";
import { requestHeaders } from "./request-headers.js";
import type { FetchOptions, FetchSettings } from "./fetch-options.js";

/**
 * Fills in the defaults and refuses what could never work.
 *
 * @throws LeyendaError `CONFIG_INVALID`
 */
export function fetchSettings(options: FetchOptions): FetchSettings {
  for (const name of positive) check(name, options[name], 1);
  for (const name of natural) check(name, options[name], 0);
  const { requestsPerSecondPerHost: rate } = options;
  if (rate !== undefined && !(rate > 0 && rate <= largest)) {
    throw new LeyendaError("CONFIG_INVALID", `requestsPerSecondPerHost is ${rate}`, {
      where: "fetch.requestsPerSecondPerHost",
      expected: `a number above 0, at most ${largest}`,
    });
  }
  for (const [pattern, address] of Object.entries(options.resolve ?? {})) {
    if (isIP(address) === 0) {
      throw new LeyendaError("CONFIG_INVALID", `${JSON.stringify(address)} is not an IP address`, {
        where: `fetch.resolve[${JSON.stringify(pattern)}]`,
        expected: 'an IP address such as "127.0.0.1"',
      });
    }
  }
  const settings = { ...defaults(), ...options };
  if (settings.contact !== null && !isContact(settings.contact)) {
    throw new LeyendaError("CONFIG_INVALID", `${JSON.stringify(settings.contact)} is no contact`, {
      where: "fetch.contact",
      expected: "an http, https or mailto URL",
    });
  }
  // A proxy that could never work is told of now, and not by every row.
  for (const protocol of ["http:", "https:"] as const) {
    proxyFor({ protocol, hostname: "proxied.invalid", port: 0 }, settings.proxy);
  }
  return { ...settings, headers: requestHeaders(options.headers ?? {}) };
}

function defaults(): FetchSettings {
  return {
    concurrency: Number.MAX_SAFE_INTEGER,
    connectionsPerHost: 6,
    requestsPerSecondPerHost: 20,
    workers: 1,
    maxIdleOrigins: 256,
    dnsMs: 5_000,
    connectMs: 5_000,
    tlsMs: 5_000,
    headersMs: 10_000,
    stallMs: 5_000,
    totalMs: 20_000,
    maxBytes: 20_000_000,
    maxRedirects: 5,
    retries: 2,
    retryBaseMs: 500,
    maxRetryAfterMs: 30_000,
    userAgent: null,
    contact: null,
    userAgentToken: "leyenda",
    robots: "obey",
    tdmrep: "obey",
    obeyOptOut: true,
    optOutDirectives: ["noai", "noimageai"],
    allowPrivate: [],
    resolve: {},
    ca: [],
    headers: {},
    http2: true,
    proxy: "environment",
    proxyLookup: "local",
    now: Date.now,
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    random: Math.random,
  };
}

const positive = [
  "concurrency",
  "connectionsPerHost",
  "workers",
  "dnsMs",
  "connectMs",
  "tlsMs",
  "headersMs",
  "stallMs",
  "totalMs",
  "maxBytes",
] as const;
const natural = ["maxIdleOrigins", "maxRedirects", "retries", "retryBaseMs", "maxRetryAfterMs"] as const;

/** Timers of Node take no more than 2³¹ − 1 ms; a larger one fires at once. */
const largest = 2 ** 31 - 1;

function check(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= largest)) return;
  throw new LeyendaError("CONFIG_INVALID", `${name} is ${value}`, {
    where: `fetch.${name}`,
    expected: `a whole number from ${least} to ${largest}`,
  });
}
