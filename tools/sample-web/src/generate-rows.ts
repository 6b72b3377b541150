import { type Behaviour, behaviours } from "./behaviours.js";
import { addNoise } from "./grammar/add-noise.js";
import { makeScene } from "./grammar/make-scene.js";
import { createRandom, type Random } from "./random.js";
import type { PictureFormat, PictureSpec, PictureVariant } from "./render-picture.js";

export const samplePort = 47_811;
/** Rows of the sample. */
export const rowCount = 2_400;
/** Bytes that no UTF-8 text has. */
const notUtf8 = Buffer.from([0xff, 0xfe, 0x20, 0xc3, 0x28, 0x09]);

/** A line of the sample's list, and all that the server has to know about it. */
export interface SampleRow {
  /** From 1. */
  line: number;
  /** The line as it stands in the list, without its newline. */
  text: Buffer;
  url: string;
  caption: string;
  /** What the caption means in Spanish. */
  reference: string;
  behaviour: Behaviour;
  /** Decoded path that the server answers to. */
  path: string;
  picture: PictureSpec;
  /** What a download must come to, and what cleaning must make of it. */
  expected: { fetch: string; clean: string };
}

const hosts = ["photos", "cdn", "images", "static", "media"].flatMap((name) => [
  `${name}.sample.test`,
  ...[1, 2, 3, 4].map((n) => `${name}${n}.sample.test`),
]);
/** Hosts whose owners reserve what they have, in a file for the whole host. */
const reservedHosts: Partial<Record<Behaviour, string>> = {
  disallowed: "private.sample.test",
  reserved: "reserved.sample.test",
};
const badUrls = [
  "http://",
  "htp:/broken.example/1.jpg",
  "ftp://files.sample.test/2.jpg",
  "not a url at all",
  "http://[::1/3.jpg",
  "http://exa mple.test/4.jpg",
];
const privateUrls = [
  "http://10.0.0.1/a.jpg",
  "http://169.254.169.254/latest/meta-data/",
  "http://127.0.0.1:1/b.jpg",
  "http://[::ffff:192.168.1.1]/c.jpg",
  "http://2130706433/d.jpg",
];

/**
 * Makes up the sample's list, always the same one: rows, captions, pictures and misbehaviour.
 *
 * @param more rows behind the sample's, of further scenes in which nothing misbehaves: what a model that is judged by the sample may be
 *   trained on
 */
export function generateRows(port = samplePort, more = 0): SampleRow[] {
  const random = createRandom(20_190_123);
  const kinds = [...shuffledBehaviours(random), ...Array.from({ length: more }, (): Behaviour => "healthy")];
  const captions = new Set<string>();
  const scenes = new Set<string>();
  let shared: PictureSpec | undefined;
  const rows: SampleRow[] = [];
  const copied = new Set<PictureSpec>();
  for (const [index, behaviour] of kinds.entries()) {
    const { scene, en, es } = newCaption(random, captions, index < rowCount ? undefined : scenes);
    if (index < rowCount) scenes.add(scene.en);
    let picture = pictureOf(scene, behaviour, index, random);
    if (behaviour === "placeholder") picture = shared ??= picture;
    const twin = behaviour === "duplicate" ? healthyTwin(rows, copied) : undefined;
    if (twin !== undefined) {
      picture = twin;
      copied.add(twin);
    }
    const path = pathOf(en, index, behaviour, picture, random);
    const url = urlOf(path, index, behaviour, port, random);
    const { fetch, clean = fetch } =
      behaviour === "healthy" ? { fetch: "ok" } : withClean(behaviours[behaviour]);
    rows.push({
      line: index + 1,
      text: lineOf(url, en, behaviour, index),
      url,
      caption: en,
      reference: es,
      behaviour,
      path,
      picture,
      expected: { fetch, clean },
    });
  }
  return rows;
}

function withClean(spec: { fetch: string; clean?: string }): { fetch: string; clean?: string } {
  return spec;
}

function shuffledBehaviours(random: Random): Behaviour[] {
  const kinds: Behaviour[] = Object.entries(behaviours).flatMap(([name, { count }]) =>
    Array.from({ length: count }, () => name as Behaviour),
  );
  while (kinds.length < rowCount) kinds.push("healthy");
  for (let index = kinds.length - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    [kinds[index], kinds[other]] = [kinds[other] ?? "healthy", kinds[index] ?? "healthy"];
  }
  return kinds;
}

/** @param scenes what must not be shown again, in other words of the same meaning either */
function newCaption(
  random: Random,
  known: Set<string>,
  scenes?: ReadonlySet<string>,
): { scene: PictureSpec["scene"]; en: string; es: string } {
  for (;;) {
    const scene = makeScene(random);
    const { en, es } = addNoise(scene, random);
    if (known.has(en) || scenes?.has(scene.en) === true) continue;
    known.add(en);
    return { scene, en, es };
  }
}

function pictureOf(
  scene: PictureSpec["scene"],
  behaviour: Behaviour,
  seed: number,
  random: Random,
): PictureSpec {
  const long = 320 + 16 * random.below(24);
  const [width, height] = random.pick([
    [long, Math.round(long * 0.75)],
    [Math.round(long * 0.75), long],
    [long, Math.round(long * 0.667)],
    [long, long],
  ] as const);
  const [format, variant] = formatOf(behaviour, random);
  if (behaviour === "icon") return { scene, seed, width: 16, height: 16, format, variant };
  if (behaviour === "banner") return { scene, seed, width: 970, height: 90, format, variant };
  return { scene, seed, width, height, format, variant };
}

function formatOf(behaviour: Behaviour, random: Random): [PictureFormat, PictureVariant] {
  if (behaviour === "truncatedPicture") return [random.pick(["jpeg", "jpeg", "png"]), "plain"];
  if (behaviour === "corruptPicture") return ["png", "plain"];
  if (behaviour === "wrongType") return ["png", "plain"];
  const die = random.below(100);
  if (die < 52) return ["jpeg", "plain"];
  if (die < 62) return ["jpeg", "orientation"];
  if (die < 66) return ["jpeg", "grey"];
  if (die < 69) return ["jpeg", "cmyk"];
  if (die < 73) return ["jpeg", "icc"];
  if (die < 79) return ["png", "plain"];
  if (die < 82) return ["png", "alpha"];
  if (die < 84) return ["png", "16bit"];
  if (die < 86) return ["png", "palette"];
  if (die < 94) return ["webp", "plain"];
  if (die < 97) return ["gif", "plain"];
  return ["avif", "plain"];
}

/** The picture of an earlier healthy row that has no copy yet. */
function healthyTwin(rows: readonly SampleRow[], copied: ReadonlySet<PictureSpec>): PictureSpec | undefined {
  return rows.find((row) => row.behaviour === "healthy" && !copied.has(row.picture))?.picture;
}

function pathOf(
  caption: string,
  index: number,
  behaviour: Behaviour,
  { format }: PictureSpec,
  random: Random,
): string {
  const slug = caption
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 48);
  const folder = `/${2009 + random.below(11)}/${String(1 + random.below(12)).padStart(2, "0")}`;
  const extension = behaviour === "svg" ? "svg" : format === "jpeg" ? "jpg" : format;
  if (behaviour === "oddUrl") return `${folder}/fotos de niños/señal 100% (${index}).${extension}`;
  return `${folder}/${slug}-${index}.${extension}`;
}

function urlOf(path: string, index: number, behaviour: Behaviour, port: number, random: Random): string {
  if (behaviour === "badUrl") return badUrls[index % badUrls.length] ?? "";
  if (behaviour === "privateAddress") return privateUrls[index % privateUrls.length] ?? "";
  if (behaviour === "unknownHost") return `http://host-${index}.invalid:${port}${path}`;
  // The square of a random number: a few hosts have most of the pictures, as on the web.
  const common = hosts[Math.floor(random.next() ** 2 * hosts.length)] ?? "";
  const host = reservedHosts[behaviour] ?? common;
  if (behaviour === "closedPort") return `http://${host}:9${path}`;
  return `http://${host}:${port}${behaviour === "oddUrl" ? path.replace("100%", "100%25") : path}`;
}

function lineOf(url: string, caption: string, behaviour: Behaviour, index: number): Buffer {
  if (behaviour !== "malformedRow") return Buffer.from(`${url}\t${caption}`);
  switch (index % 3) {
    case 0:
      return Buffer.from(`${url} ${caption}`);
    case 1:
      return Buffer.concat([notUtf8, Buffer.from(caption)]);
    default:
      return Buffer.from(`${url}\t${caption}\textra`);
  }
}
