import {
  isIP,
  type LookupFunction,
  type Socket,
  connect as connectTcp,
  type TcpNetConnectOpts,
} from "node:net";
import * as tls from "node:tls";

import type { buildConnector } from "undici";

import { type AddressRules, allowedAddresses } from "./allowed-addresses.js";
import { FetchFailure } from "./fetch-failure.js";
import type { ConnectTarget, FetchOptions } from "./fetch-options.js";

export interface ConnectorOptions extends AddressRules {
  connectMs: number;
  ca: readonly string[];
  connect: FetchOptions["connect"];
}

export interface Connector {
  /** The hook that undici calls for each new connection. Errors are FetchFailures. */
  connect: buildConnector.connector;
  /** Ends every connection that is being opened. */
  close: () => void;
}

/** What a connection attempt is waiting for. */
type Step = "name lookup" | "connection" | "TLS handshake";

/** Opens checked connections: name lookup, address check, TCP and TLS under one deadline. */
export function createConnector(options: ConnectorOptions): Connector {
  const opening = new Set<Opening>();
  const shared: Shared = {
    ...options,
    // Parsing Node's certificates takes milliseconds, so it is done once; undefined is Node's own shared context.
    secureContext:
      options.ca.length === 0
        ? undefined
        : tls.createSecureContext({ ca: [...tls.rootCertificates, ...options.ca] }),
    sessions: new Map(),
  };
  return {
    connect: ({ hostname, protocol, port }, callback) => {
      const secure = protocol === "https:";
      const target: ConnectTarget = {
        protocol: secure ? "https:" : "http:",
        hostname,
        port: port === "" ? (secure ? 443 : 80) : Number(port),
      };
      const one = new Opening(target, shared, (error, socket) => {
        opening.delete(one);
        if (socket === null) callback(error, null);
        else callback(null, socket);
      });
      opening.add(one);
    },
    close: () => {
      for (const one of opening) one.fail(new FetchFailure("connect", "the client was closed"));
    },
  };
}

interface Shared extends ConnectorOptions {
  secureContext: tls.SecureContext | undefined;
  /** TLS sessions to resume, by server name. */
  sessions: Map<string, Buffer>;
}

const maxSessions = 256;

/** One connection on its way; it ends in exactly one call of `done`. */
class Opening {
  readonly #target: ConnectTarget;
  readonly #shared: Shared;
  readonly #done: (...result: [FetchFailure, null] | [null, Socket]) => void;
  readonly #timer: NodeJS.Timeout;
  #step: Step = "name lookup";
  #socket: Socket | undefined;
  #ended = false;

  constructor(
    target: ConnectTarget,
    shared: Shared,
    done: (...result: [FetchFailure, null] | [null, Socket]) => void,
  ) {
    this.#target = target;
    this.#shared = shared;
    this.#done = done;
    this.#timer = setTimeout(() => {
      const outcome = this.#step === "name lookup" ? "dns" : "timeout";
      this.fail(new FetchFailure(outcome, `no end of the ${this.#step} within ${shared.connectMs} ms`));
    }, shared.connectMs);
    this.#start().catch((error: unknown) => {
      this.fail(error instanceof FetchFailure ? error : this.#classify(error as Error));
    });
  }

  fail(failure: FetchFailure): void {
    this.#socket?.destroy();
    if (this.#ended) return;
    this.#end();
    this.#done(failure, null);
  }

  async #start(): Promise<void> {
    const { connect } = this.#shared;
    if (connect !== undefined) {
      this.#step = "connection";
      this.#watch(await connect(this.#target), "connect");
      return;
    }
    const addresses = await allowedAddresses(this.#target.hostname, this.#shared);
    if (this.#ended) return;
    this.#step = "connection";
    const tcp = this.#tcpOptions(addresses);
    if (this.#target.protocol === "http:") this.#watch(connectTcp(tcp), "connect");
    else this.#watch(this.#openTls(tcp), "secureConnect");
  }

  #tcpOptions(addresses: readonly string[]): TcpNetConnectOpts {
    const [first = "", ...others] = addresses;
    const common = { port: this.#target.port, noDelay: true };
    if (others.length === 0) return { ...common, host: first };
    // Node itself then tries one address after the other, families in turn; it asks nobody but this lookup.
    const lookup: LookupFunction = (_hostname, _options, callback) => {
      callback(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      );
    };
    const autoSelectFamilyAttemptTimeout = Math.max(
      250,
      Math.floor(this.#shared.connectMs / (addresses.length + 1)),
    );
    return {
      ...common,
      host: "pinned.invalid",
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout,
    };
  }

  #openTls(tcp: TcpNetConnectOpts): tls.TLSSocket {
    const { secureContext, sessions } = this.#shared;
    const { hostname, port } = this.#target;
    const key = `${hostname}:${port}`;
    const session = sessions.get(key);
    const socket = tls.connect({
      ...tcp,
      ALPNProtocols: ["http/1.1"],
      // The certificate must name the host in the URL, not the address that it was resolved to.
      checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(hostname, certificate),
      // An address may not be sent as a server's name (RFC 6066, section 3).
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      ...(session === undefined ? {} : { session }),
      ...(secureContext === undefined ? {} : { secureContext }),
    });
    socket.once("connect", () => {
      this.#step = "TLS handshake";
    });
    socket.on("session", (ticket) => {
      // A resumed session is not checked against its name again, so only checked ones are kept.
      if (!socket.authorized) return;
      sessions.delete(key);
      sessions.set(key, ticket);
      const oldest = sessions.size > maxSessions ? sessions.keys().next().value : undefined;
      if (oldest !== undefined) sessions.delete(oldest);
    });
    return socket;
  }

  #watch(socket: Socket, ready: "connect" | "secureConnect"): void {
    this.#socket = socket;
    // Stays for the socket's life: nobody else listens before undici does, nor after it has let go.
    socket.on("error", (error) => {
      if (!this.#ended) this.fail(this.#classify(error));
    });
    if (this.#ended) socket.destroy();
    else if (ready === "connect" && !socket.connecting) this.#succeed(socket);
    else {
      socket.once(ready, () => {
        this.#succeed(socket);
      });
    }
  }

  #succeed(socket: Socket): void {
    if (this.#ended) return;
    this.#end();
    this.#done(null, socket);
  }

  #end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #classify(error: Error & { code?: string }): FetchFailure {
    const reason = error.code ?? error.message;
    const { hostname, port } = this.#target;
    if (this.#step !== "TLS handshake") return new FetchFailure("connect", `${hostname}:${port}: ${reason}`);
    const refused = this.#socket instanceof tls.TLSSocket && Boolean(this.#socket.authorizationError);
    const what = refused ? "certificate refused" : "TLS handshake failed";
    return new FetchFailure("tls", `${hostname}:${port}: ${what}: ${reason}`, { retryable: !refused });
  }
}
