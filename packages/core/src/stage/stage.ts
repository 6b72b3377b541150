import type { DatasetConfig, FetchConfig } from "../config/dataset-config.js";
import type { DatasetFolders } from "../config/dataset-folders.js";
import type { Json } from "../hash/hash-json.js";
import type { FileNaming } from "../parts/attempt.js";
import type { Manifest, ManifestPart } from "../parts/manifest.js";
import type { PartFile } from "../parts/part-file.js";
import type { Outcome } from "../outcomes.js";
import type { OutcomeCounts, PartRecord } from "../parts/part-record.js";
import type { Danger, Isolation } from "./danger.js";

/** The stages, in the order in which data passes through them. */
export const stageNames = [
  "fetch",
  "clean",
  "select",
  "translate",
  "arrange",
  "shards",
  "export",
  "eval",
] as const;

export type StageName = (typeof stageNames)[number];

/** A unit of work: made whole or not at all. */
export interface PartPlan {
  /** Such as `part-00042`. */
  name: string;
  /** Rows that go in, for progress and checks. */
  rows: number;
  /** Hash of everything the part is made from. */
  inputHash: string;
  /** What the stage needs to know to make it; it crosses a process boundary. */
  input: Json;
  /** Where the part is there already, and some of its rows are to be made again: its record, and what is asked for. */
  revision?: { of: PartRecord; request: Json };
}

export interface StagePlan {
  parts: PartPlan[];
  /** What whoever runs the stage should know before its parts are made, a sentence each. */
  warnings?: string[];
}

/** @typeParam Config what a stage reads of the dataset's config: `fetch` also runs where only its own part is there */
export interface StageContext<Config extends FetchConfig = DatasetConfig> {
  config: Config;
  folders: DatasetFolders;
  /** Processes that make parts of the stage at the same time, and share what the outside world allows. @default 1 */
  workers?: number;
  /** Tell of every row that is not ok in the progress events, for an event log. @default false */
  tellFailures?: boolean;
}

export interface PartContext<Config extends FetchConfig = DatasetConfig> extends StageContext<Config> {
  /** Opens one of the part's files. */
  create: (role: string) => Promise<PartFile>;
  /** Makes one of the part's folders, for files that have no entry in its record; returns its path. */
  createFolder: (role: string) => Promise<string>;
  /** Fires when the work is to be dropped at once. */
  signal: AbortSignal;
  danger: Danger;
}

/** A row that did not end ok. */
export interface RowFailure {
  line: number;
  url: string;
  outcome: Outcome;
  detail: string | null;
}

/** Work done since the last event. */
export interface PartProgress {
  rows: number;
  bytes: number;
  outcomes: OutcomeCounts;
  /** Rows that are being worked on at this moment, where the stage knows. */
  inFlight?: number;
  /** Only with `tellFailures`. */
  failures?: RowFailure[];
}

/** The process that makes a part. */
export interface WorkerState {
  pid: number;
  /** Resident memory, bytes. */
  rss: number;
}

/** What a part comes to. */
export interface PartResult {
  rows: number;
  outcomes: OutcomeCounts;
  /** Figures for the record and the report. */
  facts?: Record<string, Json>;
}

/** What a stage is: a function from part to part, and how to cut its input into parts. */
export interface Stage<Config extends FetchConfig = DatasetConfig> {
  name: StageName;
  /** Its folder among the dataset's folders. */
  folder: Exclude<keyof DatasetFolders, "root">;
  /** URL of the module whose `stage` export this is, for worker processes. */
  module: string;
  /** Parts that one worker has in hand at a time: more than one where parts wait for others. */
  partsInFlight: number;
  /**
   * Its parts are made in worker processes whatever their number, and a row that ends or hangs one is left out on the next
   * attempt. With one part in flight at a time.
   */
  isolation?: Isolation;
  /** Environment variables of its worker processes, where the user's own environment does not set them. */
  environment?: Readonly<Record<string, string>>;
  /** Options of Node.js for its worker processes, besides those of this process. */
  nodeOptions?: readonly string[];
  /** Folder of the records within the stage's folder; "." is beside the data. */
  recordFolder: string;
  naming: FileNaming;
  /** Names and versions of what decides the bytes besides the options, for the record. */
  versions: () => Record<string, string>;
  /** The options that decide the bytes. Data made under others is refused. */
  options: (context: StageContext<Config>) => Promise<Record<string, Json>> | Record<string, Json>;
  plan: (context: StageContext<Config>) => Promise<StagePlan>;
  /**
   * Where each part is made from the part of that name of the stage before, and from nothing else: its plan, the same that `plan`
   * gives, from what the manifest will say of that part. So a part can be made while others of the stage before are missing.
   */
  planFrom?: (before: ManifestPart) => PartPlan;
  /**
   * Makes some rows of a part again that is there, as the request says. Returns the part's figures as they are then, or
   * null where nothing has changed. Files it creates join those of the record; one of a role that is there replaces it.
   */
  revise?: (
    part: PartPlan,
    context: PartContext<Config>,
    base: PartRecord,
    request: Json,
  ) => AsyncGenerator<PartProgress, PartResult | null>;
  run: (part: PartPlan, context: PartContext<Config>) => AsyncGenerator<PartProgress, PartResult>;
  /** Once all parts are there: what is global. Returns what to add to the manifest; must be repeatable. */
  finish?: (context: StageContext<Config>, manifest: Manifest) => Promise<Record<string, Json>>;
  /** Called once per worker, after its last part. */
  close?: () => Promise<void>;
}

/** What a run tells while it goes. */
export type StageEvent =
  | { type: "plan"; stage: StageName; parts: number; partsDone: number; rows: number; rowsDone: number }
  | ({ type: "progress"; stage: StageName; part: string; worker: WorkerState } & PartProgress)
  | { type: "part"; stage: StageName; part: string; won: boolean; seconds: number }
  | { type: "warning"; stage: StageName; message: string }
  | { type: "finishing"; stage: StageName }
  | { type: "done"; stage: StageName; manifest: Manifest; partsMade: number; seconds: number };
