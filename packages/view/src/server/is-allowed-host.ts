import { isIP } from "node:net";

/**
 * Whether a request's Host names this server by an address, as localhost, or as the user named it. A page of the web that points
 * a name of its own at this machine (DNS rebinding) is refused by this.
 */
export function isAllowedHost(header: string | undefined, host: string): boolean {
  if (header === undefined || !URL.canParse(`http://${header}/`)) return false;
  const { hostname, host: plain } = new URL(`http://${header}/`);
  // Nothing but a name and a port.
  if (plain !== header.toLowerCase() && `${plain}:80` !== header.toLowerCase()) return false;
  const name = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(name) !== 0 || name === "localhost" || name === host.toLowerCase();
}
