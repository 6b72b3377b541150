import type { ListedUrl } from "../web/make-list.js";

export interface Job {
  /** An empty folder; everything the contestant writes goes there. */
  folder: string;
  list: readonly ListedUrl[];
  /** Worker processes, for those who have such. */
  processes: number;
  /** Downloads in flight, over all processes. */
  connections: number;
}

export interface Contestant {
  name: string;
  /** Writes its list and config; not measured. */
  prepare: (job: Job) => Promise<void>;
  /** Commands that are run one after the other, and measured together. */
  commands: (job: Job) => string[][];
  /** How many bodies or pictures it says or shows that it stored. */
  stored: (job: Job) => Promise<number>;
  env?: Record<string, string>;
}
