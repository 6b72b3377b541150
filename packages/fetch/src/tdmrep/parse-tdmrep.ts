import { z } from "zod";

/** What `tdmrep.json` says of the files that a pattern fits. */
export interface TdmRule {
  /** As in robots.txt. */
  location: string;
  reserved: boolean;
  /** Where a licence can be had; null without one. */
  policy: string | null;
}

const ruleSchema = z.object({
  location: z.string().min(1),
  "tdm-reservation": z.union([z.literal([0, 1]), z.literal(["0", "1"])]),
  "tdm-policy": z.string().optional().catch(undefined),
});

/**
 * Reads a `tdmrep.json`. What is no JSON, no list or no rule says nothing.
 *
 * @see https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/#tdm-file-on-the-origin-server
 */
export function parseTdmrep(text: string): TdmRule[] {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return [];
  }
  if (!Array.isArray(json)) return [];
  return json.flatMap((entry) => {
    const { data } = ruleSchema.safeParse(entry);
    if (data === undefined) return [];
    const { location, "tdm-reservation": reservation, "tdm-policy": policy = null } = data;
    return [{ location, reserved: Number(reservation) === 1, policy }];
  });
}
