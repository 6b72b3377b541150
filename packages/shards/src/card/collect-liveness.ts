import { join } from "node:path";

import { type FetchedRow, type Manifest, openRows, type Outcome, storeOf } from "@leyenda/core";

/** What became of an address of the list, in the order in which a card lists it. */
export const addressEnds = ["came", "unreached", "gone", "failing", "unusable", "reserved", "none"] as const;
export type AddressEnd = (typeof addressEnds)[number];

/** Outcomes of downloads by what they say of the address; those of later stages do not occur. */
const endsOfOutcomes: Partial<Record<Outcome, AddressEnd>> = {
  ok: "came",
  dns: "unreached",
  connect: "unreached",
  tls: "unreached",
  blocked_address: "unreached",
  http_3xx: "gone",
  http_4xx: "gone",
  bad_redirect: "gone",
  redirect_loop: "gone",
  timeout: "failing",
  http_429: "failing",
  http_5xx: "failing",
  reset: "failing",
  truncated_body: "failing",
  http_protocol: "unusable",
  empty_body: "unusable",
  too_large: "unusable",
  bad_encoding: "unusable",
  not_an_image: "unusable",
  opted_out: "reserved",
  robots: "reserved",
  malformed_row: "none",
  bad_url: "none",
};

/** Hosts by how many rows of the list they have: few hosts have very many, and most have one. */
export interface HostKind {
  /** Rows a host has, at least and at most; null is no bound. */
  from: number;
  to: number | null;
  hosts: number;
  /** Rows by what became of their address. */
  rows: Record<AddressEnd, number>;
}

/** What publishers said by one means. */
export interface ConsentSignal {
  signal: string;
  /** Rows that it spoke of. */
  rows: number;
  /** Of these, rows that were left out for it. */
  leftOut: number;
  hosts: number;
}

/** How alive the list was, and what its publishers reserve. */
export interface Liveness {
  ends: Record<AddressEnd, number>;
  /** Null where the downloads are no longer there: only their counts are left then. */
  details: { hosts: HostKind[]; consent: ConsentSignal[] } | null;
}

const kinds = [1, 10, 100, 1_000, 10_000];

/** Gathers from what `fetch` left how the addresses of the list ended; memory is about 100 bytes a host. */
export async function collectLiveness(folder: string, fetched: Manifest): Promise<Liveness> {
  const ends = noRows();
  for (const [outcome, rows] of Object.entries(fetched.outcomes)) ends[endOf(outcome as Outcome)] += rows;
  const store = storeOf(folder);
  const there = new Set(await store.list(folder));
  if (!fetched.parts.every(({ files: { "rows.arrow": file } }) => there.has(file?.name ?? "")))
    return { ends, details: null };
  const hosts = new Hosts();
  const signals = new Map<string, { rows: number; leftOut: number; hosts: Set<string> }>();
  for (const { files } of fetched.parts) {
    const rows = await openRows<FetchedRow>(join(folder, files["rows.arrow"]?.name ?? ""));
    const outcomes = rows.column("outcome");
    for (const [row, url] of rows.column("url").entries()) hosts.add(url, outcomes[row] ?? "malformed_row");
    const ledger = files["consent.jsonl"];
    if (ledger === undefined) continue;
    const text = (await store.read(join(folder, ledger.name)))?.toString("utf8") ?? "";
    for (const line of text.split("\n")) if (line !== "") addSignals(line);
  }
  const consent = [...signals].map(([signal, { hosts: named, ...counts }]) => ({
    signal,
    ...counts,
    hosts: named.size,
  }));
  return {
    ends,
    details: { hosts: hosts.take(), consent: consent.sort((a, b) => (a.signal < b.signal ? -1 : 1)) },
  };

  function addSignals(line: string): void {
    const entry = JSON.parse(line) as { final_url: string | null; url: string; signals: object; did: string };
    for (const signal of Object.keys(entry.signals)) {
      const counts = signals.get(signal) ?? { rows: 0, leftOut: 0, hosts: new Set() };
      counts.rows += 1;
      if (entry.did === "left out") counts.leftOut += 1;
      counts.hosts.add(hostOf(entry.final_url ?? entry.url));
      signals.set(signal, counts);
    }
  }
}

class Hosts {
  readonly #numbers = new Map<string, number>();
  /** Rows of each host by end. */
  readonly #rows = addressEnds.map((): number[] => []);
  #last = { host: "", number: -1 };

  add(url: string, outcome: Outcome): void {
    const number = this.#numberOf(hostOf(url));
    const end = addressEnds.indexOf(endOf(outcome));
    const rows = this.#rows[end];
    if (rows !== undefined) rows[number] = (rows[number] ?? 0) + 1;
  }

  take(): HostKind[] {
    const hosts = kinds.map((from, index): HostKind => ({
      from,
      to: (kinds[index + 1] ?? 0) - 1,
      hosts: 0,
      rows: noRows(),
    }));
    for (const last of hosts.slice(-1)) last.to = null;
    for (let number = 0; number < this.#numbers.size; number += 1) {
      const counts = this.#rows.map((rows) => rows[number] ?? 0);
      const total = counts.reduce((sum, count) => sum + count, 0);
      const kind = hosts.findLast(({ from }) => total >= from);
      if (kind === undefined) continue;
      kind.hosts += 1;
      for (const [index, end] of addressEnds.entries()) kind.rows[end] += counts[index] ?? 0;
    }
    return hosts.filter((kind) => kind.hosts > 0);
  }

  #numberOf(host: string): number {
    // Neighbours in a list often have the same host.
    if (host === this.#last.host && this.#last.number >= 0) return this.#last.number;
    let number = this.#numbers.get(host);
    if (number === undefined) {
      number = this.#numbers.size;
      // A copy: a piece of an address keeps the whole of it in memory, and that its part's.
      this.#numbers.set(Buffer.from(host).toString(), number);
      // Arrays without holes: every host has a place in each.
      for (const rows of this.#rows) rows[number] = 0;
    }
    this.#last = { host, number };
    return number;
  }
}

function endOf(outcome: Outcome): AddressEnd {
  return endsOfOutcomes[outcome] ?? "unusable";
}

function noRows(): Record<AddressEnd, number> {
  return { came: 0, unreached: 0, gone: 0, failing: 0, unusable: 0, reserved: 0, none: 0 };
}

/** The host of an address, in small letters; what is no address has the empty one. */
function hostOf(url: string): string {
  return /^https?:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(url)?.[1]?.toLowerCase() ?? "";
}
