const things =
  "dog cat car house tree boat child woman man bird horse street table flower mountain river".split(" ");
const colours = "red black white blue green yellow brown old small large wooden beautiful".split(" ");
const places =
  "on the beach|in the park|near a river|at night|in Paris|under a tree|behind the house|in 2019".split("|");
/** A few captions of the kind that break things. */
const odd = [
  "caption ".repeat(1250),
  "a\u0000b\u0007c\u001b[31m dog",
  "👩‍👩‍👧‍👦🎉 party 🐶",
  "كلب أسود a black dog",
  "!!! ??? ... ---",
  "</s> <pad> >>fr<< dog",
];

/** English captions as a list of the web has them: most occur once, about one in six again, a few are odd. The same every time. */
export function makeCaptions(count: number): string[] {
  let state = 20210716;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (words: readonly string[]): string => words[random(words.length)] ?? "";
  return Array.from({ length: count }, (_, index) => {
    if (index % 1000 === 999) return odd[Math.floor(index / 1000) % odd.length] ?? "";
    const scene = `${1 + random(12)} ${pick(colours)} ${pick(things)} and a ${pick(colours)} ${pick(things)} ${pick(places)}`;
    return random(6) === 0 ? (scene.split(" and ")[0] ?? scene) : `${scene}, photo ${random(1_000_000)}`;
  });
}
