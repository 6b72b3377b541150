import { stage as clean } from "./clean.mjs";
import { stage as fetch } from "./fetch.mjs";
import { stage as select } from "./select.mjs";

export const stages = [fetch, clean, select];
