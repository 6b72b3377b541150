import { describe, expect, it } from "vitest";

import { isPublicAddress } from "./is-public-address.js";

const publicAddresses = [
  "8.8.8.8",
  "1.1.1.1",
  "172.15.255.255",
  "172.32.0.1",
  "100.63.255.255",
  "100.128.0.1",
  "198.17.255.255",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2a00:1450:4001::1",
  "::ffff:8.8.8.8",
  "64:ff9b::808:808",
];

const refusedAddresses = [
  ["unspecified", "0.0.0.0"],
  ["this network", "0.1.2.3"],
  ["private 10/8", "10.1.1.1"],
  ["private 172.16/12", "172.31.255.255"],
  ["private 192.168/16", "192.168.0.1"],
  ["loopback", "127.0.0.1"],
  ["far end of loopback", "127.255.255.254"],
  ["carrier NAT", "100.64.0.1"],
  ["cloud metadata", "169.254.169.254"],
  ["metadata of Alibaba", "100.100.100.200"],
  ["metadata of Oracle", "192.0.0.192"],
  ["the platform of Azure", "168.63.129.16"],
  ["the platform of Azure, mapped", "::ffff:168.63.129.16"],
  ["link-local", "169.254.0.1"],
  ["relays of 6to4", "192.88.99.1"],
  ["far end of multicast", "239.255.255.255"],
  ["protocol assignments", "192.0.0.170"],
  ["documentation 1", "192.0.2.1"],
  ["documentation 2", "198.51.100.1"],
  ["documentation 3", "203.0.113.5"],
  ["benchmarks", "198.18.0.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["v6 unspecified", "::"],
  ["v6 loopback", "::1"],
  ["v4-compatible loopback", "::7f00:1"],
  ["mapped loopback", "::ffff:127.0.0.1"],
  ["mapped loopback in hex", "::ffff:7f00:1"],
  ["mapped metadata", "::ffff:a9fe:a9fe"],
  ["translated loopback (RFC 6145)", "::ffff:0:127.0.0.1"],
  ["NAT64 loopback", "64:ff9b::7f00:1"],
  ["NAT64 private", "64:ff9b::a00:1"],
  ["local NAT64", "64:ff9b:1::808:808"],
  ["discard", "100::1"],
  ["Teredo", "2001::1"],
  ["Teredo of a public address", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
  ["6to4 of a public address", "2002:808:808::1"],
  ["NAT64 of metadata", "64:ff9b::a9fe:a9fe"],
  ["v6 benchmarks", "2001:2::1"],
  ["ORCHID", "2001:10::1"],
  ["v6 documentation", "2001:db8::1"],
  ["newer v6 documentation", "3fff::1"],
  ["6to4 of loopback", "2002:7f00:1::"],
  ["unique local", "fd00:ec2::254"],
  ["v6 link-local", "fe80::1"],
  ["v6 link-local with a zone", "fe80::1%eth0"],
  ["site-local", "fec0::1"],
  ["v6 multicast", "ff02::1"],
  ["never assigned", "4000::1"],
  ["segment routing", "5f00::1"],
  ["not an address", "localhost"],
  ["empty", ""],
] as const;

describe("isPublicAddress", () => {
  it.each(publicAddresses)("lets %s through", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(refusedAddresses)("refuses %s: %s", (_name, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
