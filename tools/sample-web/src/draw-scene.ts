import type { Figure, Scene } from "./grammar/make-scene.js";
import { createRandom, type Random } from "./random.js";

/**
 * Draws a scene as SVG: shapes only, since fonts differ from machine to machine.
 *
 * @param seed places and details, so that two pictures of the same words differ
 */
export function drawScene(scene: Scene, width: number, height: number, seed: number): string {
  const random = createRandom(seed);
  const horizon = height * (0.4 + random.next() * 0.25);
  const parts = [
    `<rect width="${width}" height="${height}" fill="${scene.place.sky}"/>`,
    `<circle cx="${round(random.next() * width)}" cy="${round(horizon * 0.4)}" r="${round(height * 0.07)}" fill="#fff3b0"/>`,
    `<rect y="${round(horizon)}" width="${width}" height="${round(height - horizon)}" fill="${scene.place.ground}"/>`,
    ...speckles(random, width, height, horizon),
  ];
  for (const figure of scene.figures) {
    for (let index = 0; index < figure.count; index += 1)
      parts.push(drawFigure(figure, random, width, height, horizon));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join("")}</svg>`;
}

/** Grass, stones, waves: what tells one picture from the next. */
function speckles(random: Random, width: number, height: number, horizon: number): string[] {
  return Array.from({ length: 40 }, () => {
    const x = round(random.next() * width);
    const y = round(horizon + random.next() * (height - horizon));
    const shade = random.below(2) === 0 ? "#00000022" : "#ffffff33";
    return `<ellipse cx="${x}" cy="${y}" rx="${2 + random.below(9)}" ry="${1 + random.below(4)}" fill="${shade}"/>`;
  });
}

function drawFigure(
  { noun, colour }: Figure,
  random: Random,
  width: number,
  height: number,
  horizon: number,
): string {
  const size = Math.min(width, height) * (0.16 + random.next() * 0.16);
  const x = size + random.next() * (width - 2 * size);
  const y = horizon + random.next() * (height - horizon - size * 0.6);
  const turn = round(random.next() * 16 - 8);
  return `<g transform="translate(${round(x)} ${round(y)}) rotate(${turn}) scale(${round(size / 100)})" fill="${colour.fill}" stroke="#1c1c1e" stroke-width="3">${shapes[noun.shape]}</g>`;
}

/** Shapes in a box from −50 to 50. */
const shapes = {
  round: '<circle r="42"/><path d="M-20 -20 Q0 -40 20 -20" fill="none"/>',
  wide: '<rect x="-50" y="-24" width="100" height="48" rx="6"/><path d="M-50 0 H50"/>',
  tall: '<rect x="-20" y="-50" width="40" height="100" rx="10"/><circle cy="-30" r="9" fill="#fff"/>',
  animal:
    '<ellipse rx="45" ry="24"/><circle cx="44" cy="-20" r="17"/><path d="M-30 20 V48 M-10 22 V48 M14 22 V48 M32 18 V48 M-44 -4 L-62 -22" stroke-width="7"/><circle cx="49" cy="-23" r="2" fill="#fff"/>',
  person:
    '<circle cy="-38" r="14" fill="#e0ac7d"/><path d="M-18 34 L-14 -22 H14 L18 34 Z"/><path d="M-14 -14 L-34 12 M14 -14 L34 12 M-8 34 V58 M8 34 V58" stroke-width="7"/>',
  vehicle:
    '<path d="M-56 18 V-6 L-34 -10 L-20 -30 H24 L40 -10 L56 -4 V18 Z"/><circle cx="-30" cy="20" r="13" fill="#333"/><circle cx="32" cy="20" r="13" fill="#333"/><rect x="-14" y="-24" width="32" height="13" fill="#cfe8f5"/>',
} as const;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
