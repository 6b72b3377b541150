import type { Socket, TcpNetConnectOpts } from "node:net";

import { type AddressRules, allowedAddresses } from "./allowed-addresses.js";
import { awaitConnect } from "./await-connect.js";
import { connectAny } from "./connect-any.js";
import { FetchFailure } from "./fetch-failure.js";
import type { ConnectTarget, FetchOptions } from "./fetch-options.js";
import { openTls, type TlsCredentials, tlsCredentials } from "./open-tls.js";

export interface ConnectorOptions extends AddressRules {
  dnsMs: number;
  connectMs: number;
  tlsMs: number;
  ca: readonly string[];
  connect: FetchOptions["connect"];
  /** Stands in for node:net's in tests. */
  connectTcp?: (options: TcpNetConnectOpts) => Socket;
}

export interface Connector {
  /**
   * Opens a checked connection: name lookup, address check, TCP and TLS, each with its deadline.
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
    const { connect, connectTcp } = this.#options;
    const { hostname, port, protocol } = this.#target;
    const { signal } = this.#controller;
    if (connect !== undefined) {
      this.#begin("connect");
      return await awaitConnect(await this.#unlessFailed(connect(this.#target)), signal);
    }
    this.#begin("dns");
    const addresses = await this.#unlessFailed(allowedAddresses(hostname, this.#options));
    this.#begin("connect");
    const socket = await connectAny(addresses, port, {
      signal,
      ...(connectTcp === undefined ? {} : { connect: connectTcp }),
    });
    if (protocol === "http:") return socket;
    this.#begin("tls");
    return await openTls(socket, this.#target, this.#alpn, this.#credentials, signal);
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
