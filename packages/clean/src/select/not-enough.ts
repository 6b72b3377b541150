import { LeyendaError } from "@leyenda/core";

/** Says that the splits cannot be filled, and by how much the list is too short. */
export function notEnough(
  eligible: number,
  { train: wantedTrain, validation: wantedValidation }: { train: number; validation: number },
): LeyendaError {
  const wanted = wantedTrain + wantedValidation;
  return new LeyendaError(
    "NOT_ENOUGH_ROWS",
    `${wanted - eligible} rows are missing: ${wanted} are wanted (${wantedTrain} train, ${wantedValidation} validation), ` +
      `${eligible} good and different pictures are there`,
    {
      where: "select.train, select.validation",
      hint:
        eligible === 0
          ? "no picture is good: look at the outcomes of fetch and clean"
          : `use about ${(wanted / eligible).toFixed(2)} times as many rows of the list (source.maxRows, or a longer list), or want fewer`,
    },
  );
}
