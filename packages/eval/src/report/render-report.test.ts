import { describe, expect, it } from "vitest";

import { renderReport } from "./render-report.js";
import type { ReportData } from "./report-data.js";

const hostile = `<script>alert("1")</script>`;

const data: ReportData = {
  dataset: "test",
  rootHash: "ab".repeat(32),
  model: "tiny",
  funnel: [
    { label: "in the list", count: 1200 },
    { label: "downloaded", count: 800 },
    { label: "in the dataset", count: 500 },
  ],
  outcomes: [
    { outcome: "ok", class: "ok", rows: 800 },
    { outcome: "timeout", class: "transient", rows: 400 },
  ],
  minutes: [{ minute: 29_000_000, minutes: 2, ok: 800, transient: 400, permanent: 0, policy: 0 }],
  matches: [{ label: "duplicate, by perceptual hashes", count: 17 }],
  hosts: [{ host: hostile, rows: 10, ok: 5, topFailure: "timeout" }],
  politeness: {
    workers: 2,
    requests: 1300,
    throttled: 7,
    maxPerSecond: 9,
    maxInFlight: 3,
    hosts: [{ host: hostile, requests: 1200, throttled: 7, waitedMs: 2500, maxPerSecond: 9, maxInFlight: 3 }],
  },
  histograms: [{ title: "Width", unit: "pixels", bars: [{ label: "up to 128", count: 3 }] }],
  scores: { rows: 10, bleu: 12.345, bleuSignature: "sig", chrf: 45.6, chrfSignature: "sig2" },
  flags: [{ label: "numbers lost", count: 25 }],
  translating: [{ label: "chosen rows", count: 500 }],
  captioner: null,
  stages: [{ stage: "fetch", seconds: 0, parts: 1, rows: 1200 }],
  pictures: [
    {
      jpegBase64: "AAAA",
      en: hostile,
      es: `"><img src=x onerror=alert(1)>`,
      reference: null,
      split: "train",
      url: "http://a.example/?a=1&b=2",
    },
  ],
};

describe("renderReport", () => {
  it("escapes what comes from the web, in text and in attributes", () => {
    const page = renderReport(data);
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img src=x");
    expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(page).toContain("?a=1&amp;b=2");
  });

  it("loads nothing from anywhere", () => {
    const sources = [...renderReport(data).matchAll(/(?:src|href)="([^"]*)"/g)].map(
      ([, source = ""]) => source,
    );
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.every((source) => source.startsWith("data:"))).toBe(true);
  });

  it("shows how many of a host's URLs are alive, as a bar and as a share", () => {
    const page = renderReport(data).replace(/\s+/g, " ");
    expect(page).toMatch(
      /<meter-bar style="width: 50\.0%"><\/meter-bar> ?<\/td> ?<td class="number">50\.0 %/,
    );
  });

  it("shows how downloads went over time", () => {
    const page = renderReport(data);
    expect(page).toContain("2025-02-19 21:20: ok 800, permanent 0, policy 0, transient 400");
    expect(page).toContain("the highest has 1,200 rows");
  });

  it("shows the scores, the funnel and every outcome", () => {
    const page = renderReport(data);
    for (const text of [
      "BLEU 12.35",
      "1,200",
      "66.7 %",
      "timeout",
      "by perceptual hashes",
      "numbers lost",
      "5.0 %",
      data.rootHash,
    ])
      expect(page).toContain(text);
  });

  it("shows how hard hosts were asked, where that is known", () => {
    const page = renderReport(data).replace(/\s+/g, " ");
    expect(page).toContain("asked from one of 2 processes: 1,300 requests, 7 answers 429 or 503");
    expect(page).toContain('<td class="number">2.5</td>');
    expect(renderReport({ ...data, politeness: null })).not.toContain("How hard");
  });

  it("says so when there is nothing to score against", () => {
    expect(renderReport({ ...data, scores: null })).toContain("no human translations");
  });
});
