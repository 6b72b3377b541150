import { foldLetters } from "./fold-letters.js";
import { splitWords } from "./split-words.js";

/** Words with a capital in English that Spanish writes otherwise: no loss when they are gone. */
const translated = new Set(
  `monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
  october november december spring summer autumn fall winter christmas easter new year eve day week thanksgiving valentine
  mother father god lord saint st mr mrs miss ms dr sir king queen prince princess president the a an of and in on at with
  north south east west northern southern eastern western great upper lower big little old white black red blue green golden
  street avenue road square church bridge river lake sea ocean bay beach island islands isle mountain mountains mount hill
  valley forest woods field garden gardens house home hall palace tower city town village county state states kingdom united
  world war battle school college company team club league cup game games show night fashion week wedding sun moon earth
  heart life love music festival fair market airport railway railroad station ship train army navy air force
  germany german spain spanish england english britain british ireland irish scotland scottish wales welsh switzerland swiss
  sweden swedish denmark danish netherlands dutch iceland egypt egyptian morocco moroccan thailand thai cyprus lebanon
  philippines lithuania latvia ukraine hungarian turkish french greek japanese chinese korean african american
  european indian native geneva cologne athens beijing london thames i i'm i've`.split(/\s+/),
);

/** Letters that a name keeps in Spanish (Milan, Milán; Venice, Venecia). */
const stem = 3;

/**
 * Names of the source that the translation does not have: runs of words with a capital within a sentence none of whose words
 * is there, not even by its first letters. Careful: words at the start of a sentence, all but the best known words that
 * Spanish changes, and captions that write most words with a capital are not looked at.
 */
export function lostNames(source: string, target: string): string[] {
  const words = splitWords(source);
  const capitals = words.filter((word) => /^\p{Lu}/u.test(word));
  if (capitals.length * 2 > words.length) return [];
  const found = splitWords(foldLetters(target));
  return namesIn(source)
    .filter((name) => {
      const telling = name.map(foldLetters).filter((word) => !translated.has(word) && word.length >= stem);
      return (
        telling.length > 0 &&
        !telling.some((word) => found.some((each) => each.startsWith(word.slice(0, stem))))
      );
    })
    .map((name) => name.join(" "));
}

/** Runs of words such as "Eiffel" that stand behind a word and a space, hence not at the start of a sentence. */
function namesIn(source: string): string[][] {
  const runs = source.matchAll(/(?<=[\p{Ll}\p{N},] )\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)*(?![\p{L}\p{N}])/gu);
  return [...runs].map(([run]) => run.split(" "));
}
