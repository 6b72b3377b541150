import { createHash } from "node:crypto";

/** What the benchmark web answers to a URL. */
export type Answer = "photo" | "slow" | "html" | "not_found" | "server_error" | "reset";

export interface ListedUrl {
  url: string;
  answer: Answer;
}

export interface ListOptions {
  urls: number;
  /** Loopback addresses that the URLs are spread over, each an origin of its own. */
  hosts: number;
  port: number;
  /** Photos' paths below the corpus' photo folder. */
  photos: readonly string[];
  /** Milliseconds before a response, and how many of 100 responses wait so long. */
  delays: Partial<Record<number, number>>;
  /** How many of 100 responses are what. */
  answers: Partial<Record<Answer, number>>;
  seed: string;
}

/** The same options give the same list. Every photo comes up equally often, under different URLs. */
export function makeList(options: ListOptions): ListedUrl[] {
  const { urls, hosts, port, photos, delays, answers, seed } = options;
  return Array.from({ length: urls }, (_, serial) => {
    const digest = createHash("sha256").update(`${seed}/${serial}`).digest();
    const host = digest.readUInt32LE(0) % hosts;
    const delay = draw(delays, digest.readUInt32LE(4));
    const answer = draw(answers, digest.readUInt32LE(8)) as Answer;
    const photo = photos[serial % photos.length] ?? "";
    const url = `http://${hostAddress(host)}:${port}/d${delay}/${answer}/${serial}/${photo}`;
    return { url, answer };
  });
}

/** The loopback address of a host: names would measure the resolver, which peers leave to the system. */
export function hostAddress(host: number): string {
  return `127.1.${Math.floor(host / 250)}.${1 + (host % 250)}`;
}

function draw(shares: Partial<Record<string, number>>, random: number): string {
  let left = random % 100;
  for (const [value, share = 0] of Object.entries(shares)) {
    if (left < share) return value;
    left -= share;
  }
  throw new RangeError(`the shares ${JSON.stringify(shares)} do not add up to 100`);
}
