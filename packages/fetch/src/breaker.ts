import { type Outcome, outcomeClasses, LeyendaError } from "@leyenda/core";

export interface BreakerOptions {
  /** Rows that are looked at together; 0 never stops a run. @default 500 */
  window: number;
  /** Share of those rows, and of their hosts, that must have failed. @default 0.9 */
  share: number;
  /** Hosts that must have failed, so that one dead host is no reason to stop. @default 20 */
  hosts: number;
}

interface Entry {
  host: string;
  failure: { outcome: Outcome; url: string; detail: string } | null;
}

const samples = 3;

/**
 * Stops a run in which nearly everything fails for a reason that may pass: the network is down, the name server is gone.
 * Going on would mark a whole list as failed in minutes.
 *
 * It trips when, among the last `window` rows of this process, a `share` of the rows ended with a transient outcome *and*
 * the same share of the hosts gave nothing else, at least `hosts` of them. A list with one dead host has many such rows
 * but few such hosts.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  /** A ring; `#next` is the oldest entry once it is full. */
  readonly #entries: Entry[] = [];
  #next = 0;
  #failed = 0;
  readonly #hosts = new Map<string, { rows: number; failed: number }>();

  constructor(options: Partial<BreakerOptions> = {}) {
    this.#options = { window: 500, share: 0.9, hosts: 20, ...options };
  }

  /**
   * Takes note of how a row ended.
   *
   * @throws LeyendaError CIRCUIT_OPEN when the run is to stop
   */
  row(url: string, outcome: Outcome, detail: string | null): void {
    const { window, share, hosts } = this.#options;
    // A URL that was never asked for says nothing of the network.
    if (window === 0 || outcome === "bad_url" || outcome === "malformed_row") return;
    const failure = outcomeClasses[outcome] === "transient" ? { outcome, url, detail: detail ?? "" } : null;
    const entry = { host: URL.canParse(url) ? new URL(url).hostname : "", failure };
    const oldest = this.#entries[this.#next];
    if (oldest !== undefined) this.#count(oldest, -1);
    this.#count(entry, 1);
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % window;
    if (this.#entries.length < window || this.#failed < share * window) return;
    const dead = [...this.#hosts.values()].filter(({ rows, failed }) => rows === failed).length;
    if (dead >= hosts && dead >= share * this.#hosts.size) throw this.#error(dead);
  }

  #count({ host, failure }: Entry, by: 1 | -1): void {
    const counts = this.#hosts.get(host) ?? { rows: 0, failed: 0 };
    counts.rows += by;
    if (failure !== null) {
      counts.failed += by;
      this.#failed += by;
    }
    if (counts.rows === 0) this.#hosts.delete(host);
    else this.#hosts.set(host, counts);
  }

  #error(dead: number): LeyendaError {
    const failures = this.#entries.flatMap(({ failure }) => (failure === null ? [] : [failure]));
    const counts = new Map<Outcome, number>();
    for (const { outcome } of failures) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    const classes = [...counts].sort(([, a], [, b]) => b - a);
    const [main] = classes[0] ?? ["dns"];
    const percent = Math.floor((failures.length / this.#entries.length) * 100);
    const shown = failures.filter(({ outcome }) => outcome === main).slice(-samples);
    const lines = [
      `stopped: ${percent} % of the last ${this.#entries.length} rows failed, on ${dead} of ${this.#hosts.size} hosts (${classes.map(([outcome, rows]) => `${outcome} ${rows}`).join(", ")})`,
      ...shown.map(({ url, outcome, detail }) => `  ${outcome}: ${url.slice(0, 200)}: ${detail}`),
    ];
    return new LeyendaError("CIRCUIT_OPEN", lines.join("\n"), {
      where: "fetch",
      expected: `less than ${Math.round(this.#options.share * 100)} % of rows and hosts failing for a passing reason`,
      hint: `${advice(main)}; then run the same command again: finished parts are kept, those under way were dropped. --fetch.breaker.window 0 goes on regardless`,
    });
  }
}

function advice(main: Outcome): string {
  if (main === "dns") return "check that this machine can resolve names (name server, VPN, firewall)";
  if (main === "http_429" || main === "http_5xx")
    return "something answers for all hosts, such as a proxy, or lower fetch.concurrency";
  return "check this machine's way to the internet (route, firewall, proxy, number of open connections)";
}
