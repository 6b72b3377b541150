import {
  type AddressEnd,
  addressEnds,
  type ConsentSignal,
  type HostKind,
  type Liveness,
} from "./collect-liveness.js";
import { markdownTable, share } from "./markdown-table.js";

const names: Record<AddressEnd, string> = {
  came: "a picture came",
  unreached: "host not found or not reached",
  gone: "gone from its host",
  failing: "host busy or failing",
  unusable: "no picture, or one too large",
  reserved: "reserved by its publisher",
  none: "no address",
};

/** Tables of how the addresses of a list ended, in all and by kind of host. */
export function renderLiveness({ ends, details }: Liveness): string {
  const listed = sum(ends);
  const all = markdownTable(
    ["what became of the address", "rows", "of the list"],
    addressEnds.map((end) => [names[end], ends[end], share(ends[end], listed)]),
  );
  const dead = share(ends.unreached + ends.gone, listed);
  return `${all}

${dead} of the addresses are dead: their host is not there any more, or has nothing there.${
    details === null ? "" : ` By how many rows of the list their host has:\n\n${byHost(details.hosts)}`
  }`;
}

/** What publishers said of the use of their pictures. */
export function renderConsent({ ends, details }: Liveness): string {
  const head = `Rows whose publishers reserve them from mining by robots.txt, tdmrep.json or HTTP headers are left out: ${ends.reserved} rows.`;
  if (details === null) return head;
  return `${head} The consent
ledger beside the downloads says of each row who said what, and when.

${byMeans(details.consent)}`;
}

function byHost(hosts: readonly HostKind[]): string {
  return markdownTable(
    ["rows of a host", "hosts", "rows", ...addressEnds.map((end) => names[end])],
    hosts.map((kind) => {
      const rows = sum(kind.rows);
      return [rangeOf(kind), kind.hosts, rows, ...addressEnds.map((end) => share(kind.rows[end], rows))];
    }),
  );
}

function byMeans(consent: readonly ConsentSignal[]): string {
  if (consent.length === 0) return "No publisher said anything of the use of these rows.";
  return markdownTable(
    ["said by", "rows it speaks of", "left out", "hosts"],
    consent.map(({ signal, rows, leftOut, hosts }) => [signal, rows, leftOut, hosts]),
  );
}

function rangeOf({ from, to }: HostKind): string {
  return to === null ? `${from} and more` : `${from} to ${to}`;
}

function sum(counts: Record<AddressEnd, number>): number {
  return addressEnds.reduce((total, end) => total + counts[end], 0);
}
