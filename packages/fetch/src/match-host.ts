/**
 * Whether a host fits a pattern: a host name or IP address in which `*` stands for any characters, so `*.example` fits
 * every host below `example` and `*` fits all. Case and the brackets of IPv6 hosts do not matter.
 */
export function matchHost(pattern: string, hostname: string): boolean {
  const pieces = bare(pattern).split("*");
  const host = bare(hostname);
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return host === first;
  if (!host.startsWith(first) || !host.endsWith(last) || host.length < first.length + last.length)
    return false;
  const end = host.length - last.length;
  let from = first.length;
  // The leftmost fit of each piece leaves the most room for those after it.
  for (const piece of rest) {
    const at = host.indexOf(piece, from);
    if (at === -1 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
}
