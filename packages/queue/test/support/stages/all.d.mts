import type { Stage } from "@leyenda/core";

export const stages: Stage[];
