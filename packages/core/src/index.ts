export { LeyendaError } from "./errors.js";
export type { ErrorCode, ErrorDetails } from "./errors.js";
export { outcomeClasses } from "./outcomes.js";
export type { Outcome, OutcomeClass } from "./outcomes.js";
