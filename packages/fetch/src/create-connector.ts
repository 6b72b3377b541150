import { isIP, isIPv6, type Socket, type TcpNetConnectOpts } from "node:net";

import { type AddressRules, allowedAddresses } from "./allowed-addresses.js";
import { awaitConnect } from "./await-connect.js";
import { connectAny } from "./connect-any.js";
import { FetchFailure } from "./fetch-failure.js";
import type { ConnectTarget, FetchOptions } from "./fetch-options.js";
import { isPublicAddress } from "./is-public-address.js";
import { LeanSocket } from "./lean-socket.js";
import { matchHost } from "./match-host.js";
import { openTunnel } from "./open-tunnel.js";
import { openTls, type TlsCredentials, tlsCredentials } from "./open-tls.js";
import { type ProxyServer, proxyFor } from "./proxy-for.js";

export interface ConnectorOptions extends AddressRules {
  dnsMs: number;
  connectMs: number;
  tlsMs: number;
  ca: readonly string[];
  proxy: string;
  proxyLookup: "local" | "proxy";
  connect: FetchOptions["connect"];
  /** Stands in for node:net's in tests. */
  connectTcp?: (options: TcpNetConnectOpts) => Socket;
}

export interface Connector {
  /**
   * Opens a checked connection: name lookup, address check, TCP, a proxy's tunnel and TLS, each with its deadline.
   *
   * @param alpn what to speak over TLS, in order of preference
   * @throws FetchFailure
   */
  open: (target: ConnectTarget, alpn: readonly string[]) => Promise<Socket>;
  /** Ends every connection that is being opened. */
  close: () => void;
}

/** Opens connections for the life of a client. */
export function createConnector(options: ConnectorOptions): Connector {
  const opening = new Set<Opening>();
  const credentials = tlsCredentials(options.ca);
  return {
    open: async (target, alpn) => {
      const one = new Opening(target, alpn, options, credentials);
      opening.add(one);
      try {
        return await one.run();
      } finally {
        opening.delete(one);
      }
    },
    close: () => {
      for (const one of opening) one.fail(new FetchFailure("connect", "the client was closed"));
    },
  };
}

/** What a connection on its way is waiting for. */
const steps = {
  dns: { name: "name lookup", option: "dnsMs", late: "dns" },
  connect: { name: "connection", option: "connectMs", late: "timeout" },
  tunnel: { name: "proxy's tunnel", option: "connectMs", late: "timeout" },
  tls: { name: "TLS handshake", option: "tlsMs", late: "timeout" },
} as const;

/** One connection on its way. */
class Opening {
  readonly #target: ConnectTarget;
  readonly #alpn: readonly string[];
  readonly #options: ConnectorOptions;
  readonly #credentials: TlsCredentials;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    target: ConnectTarget,
    alpn: readonly string[],
    options: ConnectorOptions,
    credentials: TlsCredentials,
  ) {
    this.#target = target;
    this.#alpn = alpn;
    this.#options = options;
    this.#credentials = credentials;
  }

  fail(failure: FetchFailure): void {
    this.#controller.abort(failure);
  }

  async run(): Promise<Socket> {
    try {
      return await this.#open();
    } catch (error) {
      if (error instanceof FetchFailure) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      const { hostname, port } = this.#target;
      throw new FetchFailure("connect", `${hostname}:${port}: ${code ?? message}`);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  async #open(): Promise<Socket> {
    const { connect } = this.#options;
    const { hostname, port, protocol } = this.#target;
    const { signal } = this.#controller;
    if (connect !== undefined) {
      this.#begin("connect");
      return await awaitConnect(await this.#unlessFailed(connect(this.#target)), signal);
    }
    const proxy = proxyFor(this.#target, this.#options.proxy);
    // Only a name can be left to the proxy to look up; what is an address already is checked here in any case.
    const remote = proxy !== null && this.#options.proxyLookup === "proxy" && !this.#isKnown(hostname);
    this.#begin("dns");
    const addresses = remote ? null : await this.#unlessFailed(allowedAddresses(hostname, this.#options));
    // An address that is not public has been allowed by name; a proxy in between could hardly reach it.
    const direct = proxy === null || (addresses !== null && !addresses.some(isPublicAddress));
    const socket = direct
      ? await this.#connect(addresses ?? [], port)
      : await this.#connectThrough(proxy, addresses?.[0] ?? hostname);
    if (protocol === "http:") return socket;
    this.#begin("tls");
    return await openTls(socket, this.#target, this.#alpn, this.#credentials, signal);
  }

  #connect(addresses: readonly string[], port: number): Promise<Socket> {
    const { connectTcp = (to: TcpNetConnectOpts): Socket => new LeanSocket().connect(to) } = this.#options;
    this.#begin("connect");
    const { signal } = this.#controller;
    return connectAny(addresses, port, { signal, connect: connectTcp });
  }

  /** @param host the target's checked address, or a name that the proxy is to look up */
  async #connectThrough(proxy: ProxyServer, host: string): Promise<Socket> {
    const { signal } = this.#controller;
    this.#begin("dns");
    const addresses = await this.#unlessFailed(allowedAddresses(proxy.hostname, this.#proxyRules()));
    let socket = await this.#connect(addresses, proxy.port);
    if (proxy.protocol === "https:") {
      this.#begin("tls");
      socket = await openTls(socket, proxy, ["http/1.1"], this.#credentials, signal);
    }
    this.#begin("tunnel");
    const authority = `${isIPv6(host) ? `[${host}]` : host}:${this.#target.port}`;
    return await openTunnel(socket, authority, proxy.authorization, signal);
  }

  /** Whether a host's address is known without a lookup. */
  #isKnown(hostname: string): boolean {
    const { resolve } = this.#options;
    return isIP(hostname) !== 0 || Object.keys(resolve).some((pattern) => matchHost(pattern, hostname));
  }

  /** Whoever runs the crawl has chosen the proxy, so it may be anywhere. */
  #proxyRules(): AddressRules {
    return { lookup: this.#options.lookup, resolve: {}, allowPrivate: ["*"] };
  }

  #begin(step: keyof typeof steps): void {
    clearTimeout(this.#timer);
    const { name, option, late } = steps[step];
    const ms = this.#options[option];
    this.#timer = setTimeout(() => {
      this.fail(new FetchFailure(late, `no end of the ${name} within ${ms} ms`));
    }, ms);
  }

  /** Waits for what cannot be told to stop; a socket that comes too late is closed. */
  #unlessFailed<T>(result: T | Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", fail, { once: true });
      Promise.resolve(result)
        .then((value) => {
          if (signal.aborted) destroy(value);
          else resolve(value);
        }, reject)
        .finally(() => {
          signal.removeEventListener("abort", fail);
        });
    });
  }
}

function destroy(value: unknown): void {
  if (value !== null && typeof value === "object" && "destroy" in value) (value as Socket).destroy();
}
