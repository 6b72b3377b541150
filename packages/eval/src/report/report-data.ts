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
  hosts: HostRow[];
  histograms: { title: string; unit: string; bars: Count[] }[];
  scores: { rows: number; bleu: number; bleuSignature: string; chrf: number; chrfSignature: string } | null;
  /** Rows by sign of a poor translation. */
  flags: Count[];
  stages: { stage: string; seconds: number; parts: number; rows: number }[];
  pictures: SamplePicture[];
}
