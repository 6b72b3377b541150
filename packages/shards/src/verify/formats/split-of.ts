const words =
  /(?:^|[^a-z])(train|training|validation|valid|val|dev|test|testing|eval|evaluation)(?=[^a-z]|$)/gi;

const names: Record<string, string> = {
  training: "train",
  valid: "validation",
  val: "validation",
  dev: "validation",
  testing: "test",
  eval: "test",
  evaluation: "test",
};

/** The split that a file belongs to by its path, by the words that Hugging Face goes by; `train` where there is none. */
export function splitOf(path: string): string {
  const word = [...path.matchAll(words)].at(-1)?.[1]?.toLowerCase();
  return word === undefined ? "train" : (names[word] ?? word);
}
