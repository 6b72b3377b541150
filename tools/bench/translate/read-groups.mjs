import { readFileSync } from "node:fs";

/** Longest source in tokens, `</s>` included. */
export const longest = 64;

/**
 * The first `count` captions of a list, by their number of tokens. A group's translations get as many tokens as its sources have: with
 * random weights only the longest length ends a sentence.
 */
export function readGroups(path, count, tokenizer) {
  const groups = new Map();
  for (const line of readFileSync(path, "utf8").split("\n").slice(0, count)) {
    const [caption] = line.split("\t");
    const { length } = tokenizer.encode(caption, longest).ids;
    groups.set(length, [...(groups.get(length) ?? []), caption]);
  }
  return [...groups].sort(([a], [b]) => a - b);
}
