import { datasetJsonSchema } from "@leyenda/core";
import type { Command } from "commander";

import type { Verb } from "../run-cli.js";

/** `leyenda schema`: the JSON Schema of dataset configs. */
export function addSchemaVerb(program: Command, { io }: Verb): void {
  program
    .command("schema")
    .description("print the JSON Schema of dataset configs")
    .action(() => {
      io.out(`${JSON.stringify(datasetJsonSchema(), null, 2)}\n`);
    });
}
