import fc from "fast-check";
import { expect, it } from "vitest";

import { ProblemList } from "./problem-list.js";

it("lists that are added come to what one list would have", () => {
  const said = fc.record({
    check: fc.constantFrom("caption" as const, "picture" as const),
    level: fc.constantFrom("error" as const, "warning" as const),
  });
  fc.assert(
    fc.property(fc.array(fc.array(said, { maxLength: 40 }), { maxLength: 5 }), (files) => {
      const [whole, added] = [new ProblemList(), new ProblemList()];
      for (const [file, problems] of files.entries()) {
        const part = new ProblemList();
        for (const [row, { check, level }] of problems.entries())
          for (const list of [whole, part]) list.say(check, `${file}, row ${row}`, "it is wrong", level);
        added.add(part);
      }
      expect(toPlain(added)).toEqual(toPlain(whole));
    }),
  );
});

function toPlain({ problems, counts, errors, warnings }: ProblemList): unknown {
  return { problems, counts, errors, warnings };
}
