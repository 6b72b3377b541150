import type { CaptionEvaluation } from "../captions/evaluate-captions.js";

/** How hard hosts were asked; rates and places are those of one of `workers` processes. */
export interface PolitenessFigures {
  workers: number;
  /** Different hosts that were asked; absent in data from before it was counted. */
  distinctHosts?: number;
  requests: number;
  /** Answers 429 and 503. */
  throttled: number;
  /** Most requests to one host in any one second, and in flight. */
  maxPerSecond: number;
  maxInFlight: number;
  hosts: {
    host: string;
    requests: number;
    throttled: number;
    waitedMs: number;
    maxPerSecond: number;
    maxInFlight: number;
  }[];
}

/** A share of the rows, or a bar of a histogram. */
export interface Count {
  label: string;
  count: number;
}

export interface HostRow {
  host: string;
  rows: number;
  ok: number;
  /** Most frequent outcome other than ok; empty where there is none. */
  topFailure: string;
}

/** Downloads that ended in a stretch of time, by class of their outcome. */
export interface MinuteCounts {
  /** Minutes since 1970 at its begin. */
  minute: number;
  /** Its length, minutes. */
  minutes: number;
  ok: number;
  transient: number;
  permanent: number;
  policy: number;
}

export interface SamplePicture {
  /** A small JPEG. */
  jpegBase64: string;
  en: string;
  es: string;
  /** Human translation, where there is one. */
  reference: string | null;
  split: string;
  url: string;
}

/** All that the report page shows, as plain JSON; also written as `metrics.json`, with a count in place of the pictures. */
export interface ReportData {
  dataset: string;
  rootHash: string;
  model: string;
  /** Rows left after each step. */
  funnel: Count[];
  /** Every outcome with its class and rows. */
  outcomes: { outcome: string; class: string; rows: number }[];
  /** How duplicates, placeholders and excluded rows were found. */
  matches: Count[];
  minutes: MinuteCounts[];
  hosts: HostRow[];
  /** Null for data that was downloaded before it was kept. */
  politeness: PolitenessFigures | null;
  histograms: { title: string; unit: string; bars: Count[] }[];
  scores: { rows: number; bleu: number; bleuSignature: string; chrf: number; chrfSignature: string } | null;
  /** Rows by sign of a poor translation. */
  flags: Count[];
  /** Captions on their way through the model. */
  translating: Count[];
  /** Scores of the caption model on the validation split; null where none is configured. */
  captioner: CaptionEvaluation | null;
  stages: { stage: string; seconds: number; parts: number; rows: number }[];
  pictures: SamplePicture[];
}
