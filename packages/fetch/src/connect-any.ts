import { connect as connectTcp, isIPv6, type Socket, type TcpNetConnectOpts } from "node:net";

export interface ConnectAnyOptions {
  /** Ends every attempt; its reason is what is thrown. */
  signal: AbortSignal;
  /** Head start of each address over the next, milliseconds (RFC 8305, section 5). @default 250 */
  staggerMs?: number;
  /** @default node:net's */
  connect?: (options: TcpNetConnectOpts) => Socket;
}

/**
 * Opens a TCP connection to the first of a host's addresses that answers: one after the other, families in turn, the next
 * one begun when the one before has failed or kept silent for a moment, all the others dropped when one is open.
 *
 * @param addresses IP addresses, at least one; nothing is looked up
 * @returns a connected socket whose errors never go unheard
 * @throws the first address's error where all of them fail
 * @see https://www.rfc-editor.org/rfc/rfc8305
 */
export function connectAny(
  addresses: readonly string[],
  port: number,
  { signal, staggerMs = 250, connect = connectTcp }: ConnectAnyOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const left = inTurn(addresses);
    const opening = new Set<Socket>();
    let timer: NodeJS.Timeout | undefined;
    let firstError: Error | undefined;
    let ended = false;

    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      for (const socket of opening) socket.destroy();
      settle();
    };
    const abort = (): void => {
      end(() => {
        reject(signal.reason as Error);
      });
    };
    const next = (): void => {
      clearTimeout(timer);
      const host = left.shift();
      if (host === undefined) {
        if (opening.size === 0) {
          end(() => {
            reject(firstError ?? new Error("no address"));
          });
        }
        return;
      }
      if (left.length > 0) timer = setTimeout(next, staggerMs);
      const socket = connect({ host, port, noDelay: true });
      opening.add(socket);
      socket.once("connect", () => {
        opening.delete(socket);
        end(() => {
          resolve(socket);
        });
      });
      // Stays for the socket's life: between two owners nobody else listens.
      socket.on("error", (error) => {
        opening.delete(socket);
        if (ended) return;
        firstError ??= error;
        next();
      });
    };

    if (signal.aborted) abort();
    else {
      signal.addEventListener("abort", abort, { once: true });
      next();
    }
  });
}

/** Families in turn, beginning with the first address's, so that a dead one costs a single wait. */
function inTurn(addresses: readonly string[]): string[] {
  const leads = isIPv6(addresses[0] ?? "");
  const first = addresses.filter((address) => isIPv6(address) === leads);
  const second = addresses.filter((address) => isIPv6(address) !== leads);
  const pairs = first.length > second.length ? first : second;
  return pairs.flatMap((_, index) => [first[index] ?? [], second[index] ?? []].flat());
}
