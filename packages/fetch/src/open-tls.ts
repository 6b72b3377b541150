import { isIP, type Socket } from "node:net";
import * as tls from "node:tls";

import { awaitConnect } from "./await-connect.js";
import { FetchFailure } from "./fetch-failure.js";

/** What the TLS connections of a client share. */
export interface TlsCredentials {
  /** Undefined is Node's own. */
  context: tls.SecureContext | undefined;
  /** Sessions to resume, by host and port, in order of use. */
  sessions: Map<string, Buffer>;
}

const maxSessions = 256;

/** @param ca PEM certificates that are trusted besides Node's own */
export function tlsCredentials(ca: readonly string[]): TlsCredentials {
  return {
    // Parsing Node's certificates takes milliseconds, so it is done once.
    context: ca.length === 0 ? undefined : tls.createSecureContext({ ca: [...tls.rootCertificates, ...ca] }),
    sessions: new Map(),
  };
}

/**
 * Does the TLS handshake on a connection, TLS 1.2 or later, and checks the certificate.
 *
 * @param host the certificate must name it, whatever address the connection goes to
 * @param alpn protocols offered, in order of preference
 * @param signal ends the connection; its reason is what is thrown
 * @throws FetchFailure `tls`, not to be tried again where the certificate was refused
 */
export async function openTls(
  socket: Socket,
  { hostname, port }: { hostname: string; port: number },
  alpn: readonly string[],
  { context, sessions }: TlsCredentials,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  const key = `${hostname}:${port}`;
  const session = sessions.get(key);
  const secured = tls.connect({
    socket,
    ALPNProtocols: [...alpn],
    checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(hostname, certificate),
    // An address may not be sent as a server's name (RFC 6066, section 3).
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ...(session === undefined ? {} : { session }),
    ...(context === undefined ? {} : { secureContext: context }),
  });
  secured.on("session", (ticket) => {
    // A resumed session is not checked against its name again, so only checked ones are kept.
    if (!secured.authorized) return;
    sessions.delete(key);
    sessions.set(key, ticket);
    const oldest = sessions.size > maxSessions ? sessions.keys().next().value : undefined;
    if (oldest !== undefined) sessions.delete(oldest);
  });
  try {
    return await awaitConnect(secured, signal, "secureConnect");
  } catch (error) {
    socket.destroy();
    if (error instanceof FetchFailure) throw error;
    const refused = Boolean(secured.authorizationError);
    const what = refused ? "certificate refused" : "TLS handshake failed";
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FetchFailure("tls", `${key}: ${what}: ${code ?? message}`, { retryable: !refused });
  }
}
