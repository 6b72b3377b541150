import type { Command } from "commander";

import type { DatasetOptions } from "./dataset-options.js";
import { portNumber } from "./port-number.js";

/** The options of verbs that make data. */
export interface RunOptions extends DatasetOptions {
  log?: string;
  metricsPort?: number;
  metricsHost?: string;
}

/** Adds the options that say who else is told how a run goes. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--log <file>", "append every event, and every row that fails, to a file of JSON lines")
    .option(
      "--metrics-port <port>",
      "serve figures for Prometheus at /metrics; 0 takes a free port",
      portNumber,
    )
    .option("--metrics-host <address>", "address to serve them at (default: 127.0.0.1)");
}
