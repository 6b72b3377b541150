/** Longest run of words that is looked at. */
const longestPhrase = 8;

/** How often the same 1 to 8 words stand in a row, at most: 1 for any text without repetition, 0 without words. */
export function longestRun(words: readonly string[]): number {
  let longest = Math.min(words.length, 1);
  for (let size = 1; size <= longestPhrase && size * 2 <= words.length; size++) {
    // Words in a row that equal the one `size` before them: a phrase n times is size × (n − 1) of them.
    let equal = 0;
    for (let index = size; index < words.length; index++) {
      equal = words[index] === words[index - size] ? equal + 1 : 0;
      longest = Math.max(longest, Math.floor(equal / size) + 1);
    }
  }
  return longest;
}
