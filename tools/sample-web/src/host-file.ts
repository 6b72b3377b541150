/** What an owner says of a whole host, by host name and path. */
const files: Record<string, { type: string; body: string }> = {
  "private.sample.test/robots.txt": { type: "text/plain", body: "User-agent: *\nDisallow: /\n" },
  "reserved.sample.test/.well-known/tdmrep.json": {
    type: "application/json",
    body: JSON.stringify([
      { location: "/", "tdm-reservation": 1, "tdm-policy": "https://reserved.sample.test/policy.json" },
    ]),
  },
};

/** The file about a host's use by machines that is at this place; null where its owner says nothing. */
export function hostFile(host: string | undefined, path: string): { type: string; body: string } | null {
  return files[`${host?.replace(/:\d+$/, "") ?? ""}${path}`] ?? null;
}
