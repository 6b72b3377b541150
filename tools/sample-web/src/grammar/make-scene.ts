import type { Random } from "../random.js";
import { englishPlural, englishSingular, spanishDefinite, spanishPlural, spanishSingular } from "./agree.js";
import {
  animalActions,
  animals,
  type Colour,
  colours,
  furniture,
  moods,
  type Noun,
  numbers,
  objects,
  people,
  personActions,
  type Place,
  places,
  qualities,
  times,
  vehicles,
} from "./words.js";

/** Something to draw. */
export interface Figure {
  noun: Noun;
  colour: Colour;
  count: number;
}

/** What a picture shows, in English, in Spanish, and for the pencil. */
export interface Scene {
  en: string;
  es: string;
  place: Place;
  figures: Figure[];
}

type Pattern = (random: Random, place: Place) => Omit<Scene, "place">;

const things = [...vehicles, ...objects];

const patterns: readonly Pattern[] = [
  (random, place) => {
    const [noun, colour] = [random.pick(things), random.pick(colours)];
    return {
      en: `${englishSingular(noun, colour)} ${place.en}`,
      es: `${spanishSingular(noun, colour)} ${place.es}`,
      figures: [{ noun, colour, count: 1 }],
    };
  },
  (random, place) => {
    const [number, noun, colour] = [
      random.pick(numbers),
      random.pick([...things, ...animals]),
      random.pick(colours),
    ];
    return {
      en: `${number.en} ${englishPlural(noun, colour)} ${place.en}`,
      es: `${number.es} ${spanishPlural(noun, colour)} ${place.es}`,
      figures: [{ noun, colour, count: number.value }],
    };
  },
  (random, place) => {
    const [noun, mood, action] = [random.pick(people), random.pick(moods), random.pick(personActions)];
    return {
      en: `${englishSingular(noun, mood)} ${action.en} ${place.en}`,
      es: `${spanishSingular(noun, mood)} ${action.es} ${place.es}`,
      figures: [{ noun, colour: random.pick(colours), count: 1 }],
    };
  },
  (random, place) => {
    const [noun, colour, action, time] = [
      random.pick(animals),
      random.pick(colours),
      random.pick(animalActions),
      random.pick(times),
    ];
    return {
      en: `${englishSingular(noun, colour)} is ${action.en} ${place.en} ${time.en}`,
      es: `${spanishSingular(noun, colour)} está ${action.es} ${place.es} ${time.es}`,
      figures: [{ noun, colour, count: 1 }],
    };
  },
  (random, place) => {
    const [first, second] = [random.pick(things), random.pick(objects)];
    const [quality, colour, other] = [random.pick(qualities), random.pick(colours), random.pick(colours)];
    return {
      en: `${englishSingular(first, quality, colour)} next to ${englishSingular(second, other)} ${place.en}`,
      es: `${spanishSingular(first, colour, quality)} junto a ${spanishSingular(second, other)} ${place.es}`,
      figures: [
        { noun: first, colour, count: 1 },
        { noun: second, colour: other, count: 1 },
      ],
    };
  },
  (random) => {
    const [noun, support, colour, other] = [
      random.pick(objects),
      random.pick(furniture),
      random.pick(colours),
      random.pick(colours),
    ];
    return {
      en: `the ${colour.en} ${noun.en} is on the ${other.en} ${support.en}`,
      es: `${spanishDefinite(noun, colour)} está sobre ${spanishDefinite(support, other)}`,
      figures: [
        { noun: support, colour: other, count: 1 },
        { noun, colour, count: 1 },
      ],
    };
  },
  (random, place) => {
    const [person, object, animal, colour] = [
      random.pick(people),
      random.pick(objects),
      random.pick(animals),
      random.pick(colours),
    ];
    return {
      en: `${englishSingular(person)} with ${englishSingular(object, colour)} and ${englishSingular(animal)} ${place.en}`,
      es: `${spanishSingular(person)} con ${spanishSingular(object, colour)} y ${spanishSingular(animal)} ${place.es}`,
      figures: [
        { noun: person, colour: random.pick(colours), count: 1 },
        { noun: object, colour, count: 1 },
        { noun: animal, colour: random.pick(colours), count: 1 },
      ],
    };
  },
  (random, place) => {
    const [number, noun, action, time] = [
      random.pick(numbers),
      random.pick(people),
      random.pick(personActions),
      random.pick(times),
    ];
    return {
      en: `${number.en} ${englishPlural(noun)} ${action.en} ${place.en} ${time.en}`,
      es: `${number.es} ${spanishPlural(noun)} ${action.es} ${place.es} ${time.es}`,
      figures: [{ noun, colour: random.pick(colours), count: number.value }],
    };
  },
];

/** Makes up a scene. */
export function makeScene(random: Random): Scene {
  const place = random.pick(places);
  return { ...random.pick(patterns)(random, place), place };
}
