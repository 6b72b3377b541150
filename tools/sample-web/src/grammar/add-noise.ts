import type { Random } from "../random.js";

interface Captions {
  en: string;
  es: string;
}

type Noise = (captions: Captions, random: Random) => Captions;

/** What people and programs write into alt texts besides what the picture shows. The reference says only what is meant. */
const noises: readonly Noise[] = [
  ({ en, es }) => ({ en: `${en} - stock photo`, es: `${es} - foto de archivo` }),
  ({ en, es }) => ({ en: en.toUpperCase(), es }),
  ({ en, es }) => ({ en: `${en} .`, es: `${es}.` }),
  ({ en, es }) => ({ en: `${en.charAt(0).toUpperCase()}${en.slice(1)} | photos.sample.test`, es }),
  ({ en, es }, random) => ({ en: `IMG_${1000 + random.below(9000)} ${en}`, es }),
  ({ en, es }) => ({ en: `${en} &amp; more`, es: `${es} y más` }),
  ({ en, es }) => ({ en: `${en} \u{1F4F7}`, es: `${es} \u{1F4F7}` }),
  ({ en, es }) => ({ en: `“${en}”`, es: `«${es}»` }),
  ({ en, es }, random) => ({ en: `${en} (${1 + random.below(40)} of 40)`, es }),
  ({ en, es }) => ({ en: `  ${en.replaceAll(" ", "  ")}`, es }),
  ({ en, es }) => ({ en: `東京 ${en}`, es: `Tokio: ${es}` }),
];

/** Dirties about every tenth caption as the web does. */
export function addNoise(captions: Captions, random: Random): Captions {
  return random.below(10) === 0 ? random.pick(noises)(captions, random) : captions;
}
