import { LeyendaError } from "@leyenda/core";

import { environmentProxy } from "./environment-proxy.js";
import type { ConnectTarget } from "./fetch-options.js";

export interface ProxyServer {
  protocol: "http:" | "https:";
  /** Name or IP address; IPv6 without brackets. */
  hostname: string;
  port: number;
  /** A Proxy-Authorization header; null where the URL has no credentials. */
  authorization: string | null;
}

/**
 * The proxy through which a target is to be reached.
 *
 * @param setting a proxy's URL; `environment` reads HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in capitals or not;
 *   `none`
 * @returns null where there is none
 * @throws LeyendaError `CONFIG_INVALID` for a proxy that is no http or https URL
 */
export function proxyFor(target: ConnectTarget, setting: string): ProxyServer | null {
  if (setting === "none") return null;
  if (setting !== "environment") return parseProxy(setting, "fetch.proxy");
  const url = environmentProxy(target);
  return url === undefined ? null : parseProxy(url, `${target.protocol.slice(0, -1).toUpperCase()}_PROXY`);
}

function parseProxy(text: string, where: string): ProxyServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    // The text may hold a password.
    throw new LeyendaError("CONFIG_INVALID", "the proxy is no http or https URL", {
      where,
      expected: '"http://proxy.example:3128"; in a configuration also "environment" or "none"',
    });
  }
  const { protocol, hostname, port, username, password } = url;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    protocol,
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
    authorization:
      username === "" && password === "" ? null : `Basic ${Buffer.from(credentials).toString("base64")}`,
  };
}
