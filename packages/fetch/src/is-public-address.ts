import ipaddr from "ipaddr.js";

/**
 * Whether an IP address belongs to a host on the public internet. Everything else is refused: private, loopback,
 * link-local and other addresses of cloud metadata, carrier NAT, multicast, reserved, documentation and unspecified addresses, and the IPv6
 * forms that stand for such an IPv4 address (mapped, NAT64). Tunnels (6to4, Teredo) are refused as they are.
 *
 * @param address IPv4 in dotted form or IPv6; anything else is not public
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return isPublicIPv4(parsed);
  if (parsed.isIPv4MappedAddress()) return isPublicIPv4(parsed.toIPv4Address());
  if (parsed.match(nat64)) return isPublicIPv4(new ipaddr.IPv4(parsed.toByteArray().slice(12)));
  // Only 2000::/3 is given out; ipaddr.js calls the never-assigned rest "unicast" too.
  return parsed.range() === "unicast" && parsed.match(globalUnicast);
}

function isPublicIPv4(address: ipaddr.IPv4): boolean {
  return address.range() === "unicast" && address.toString() !== azureHost;
}

/** Looks public, but within Azure it is the platform that a machine runs on. */
const azureHost = "168.63.129.16";
const nat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
