import type { Json } from "../hash/hash-json.js";

/**
 * A config section's values as a stage's options, each named as the config names it: `clean.size`.
 *
 * @param leftOut those that decide no byte of what is made
 */
export function nameOptions(
  section: string,
  values: Record<string, Json>,
  leftOut: readonly string[] = [],
): Record<string, Json> {
  const deciding = Object.entries(values).filter(([name]) => !leftOut.includes(name));
  return Object.fromEntries(deciding.map(([name, value]) => [`${section}.${name}`, value]));
}
