import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Behaviour, behaviours } from "./behaviours.js";
import { generateLists } from "./generate-lists.js";
import { generatePairs } from "./generate-pairs.js";
import { generateRows, type SampleRow } from "./generate-rows.js";
import { renderPicture } from "./render-picture.js";
import { type SampleWeb, startSampleWeb } from "./start-sample-web.js";

const sample = fileURLToPath(new URL("../../../datasets/sample", import.meta.url));
const rows = generateRows();

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** The body came to its declared end. */
  complete: boolean;
}

let web: SampleWeb;
beforeAll(async () => {
  web = await startSampleWeb({ port: 0 });
});
afterAll(() => web.close());

function rowOf(behaviour: Behaviour): SampleRow {
  return rows.find((row) => row.behaviour === behaviour) ?? expect.fail(`no row is ${behaviour}`);
}

/** Asks without following redirects; gives up after a second. */
function ask(row: SampleRow, query = ""): Promise<Answer | "nothing"> {
  return new Promise((resolve) => {
    const asked = request({
      host: "127.0.0.1",
      port: web.port,
      path: encodeURI(row.path).replaceAll("#", "%23") + query,
      timeout: 1000,
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => {
      resolve("nothing");
    });
    asked.on("response", (response) => {
      const chunks: Buffer[] = [];
      const settle = (): void => {
        const { statusCode: status = 0, headers, complete } = response;
        resolve({ status, headers, body: Buffer.concat(chunks), complete });
      };
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", settle);
      response.on("close", settle);
    });
    asked.end();
  });
}

describe("further rows", () => {
  it("lie behind the sample's, show other scenes, and misbehave in nothing", () => {
    const all = generateRows(undefined, 500);
    expect(all.slice(0, rows.length)).toEqual(rows);
    const more = all.slice(rows.length);
    expect(more).toHaveLength(500);
    expect(new Set(more.map(({ behaviour }) => behaviour))).toEqual(new Set(["healthy"]));
    const shown = new Set(rows.map(({ picture }) => picture.scene.en));
    expect(more.filter(({ picture }) => shown.has(picture.scene.en))).toEqual([]);
    const [first = ""] = generateLists(500).list.toString().split("\n");
    expect(first).toBe(more[0]?.text.toString());
  });
});

describe("pairs for training", () => {
  const pairs = generatePairs(2000)
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));

  it("are as many as were asked for, each once, always the same", () => {
    expect(new Set(pairs.map(([en, es]) => `${en}\t${es}`)).size).toBe(2000);
    expect(pairs.every((columns) => columns.length === 2)).toBe(true);
    expect(generatePairs(100)).toBe(
      `${pairs
        .slice(0, 100)
        .map((pair) => pair.join("\t"))
        .join("\n")}\n`,
    );
  });

  it("hold nothing that the sample is judged by", () => {
    const plain = (text: string): string =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, " ")
        .trim();
    const sample = new Set(rows.map(({ caption }) => plain(caption)));
    expect(pairs.filter(([en = ""]) => sample.has(plain(en)))).toEqual([]);
  });
});

describe("the sample's list", () => {
  it("is the one in the repository", async () => {
    const { list, references } = generateLists();
    expect(list.equals(await readFile(join(sample, "urls.tsv")))).toBe(true);
    expect(references).toBe(await readFile(join(sample, "references.tsv"), "utf8"));
  });

  it("has at least 1,500 rows, about a third of which misbehave, each behaviour as often as the table says", () => {
    expect(rows.length).toBeGreaterThanOrEqual(1500);
    for (const [behaviour, { count }] of Object.entries(behaviours)) {
      expect(
        rows.filter((row) => row.behaviour === behaviour),
        behaviour,
      ).toHaveLength(count);
    }
    const misbehaving = rows.filter((row) => row.behaviour !== "healthy").length / rows.length;
    expect(misbehaving).toBeGreaterThan(0.25);
    expect(misbehaving).toBeLessThan(0.45);
  });

  it("says something different of every picture", () => {
    expect(new Set(rows.map((row) => row.caption)).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length);
  });

  it("agrees in Spanish: articles and adjectives have the noun's gender", () => {
    const masculine =
      /\buna (coche|perro|hombre|libro|barco)\b|\b(perro|coche|barco|libro)s? (roja|negra|blanca|amarilla|vieja)/;
    const feminine =
      /\bun (casa|silla|flor|vaca|mujer)\b|\b(casa|silla|vaca|mujer)s? (rojo|negro|blanco|amarillo|viejo)s?\b/;
    for (const { reference } of rows) {
      expect(reference).not.toMatch(masculine);
      expect(reference).not.toMatch(feminine);
    }
  });
});

describe("pictures", () => {
  it("are drawn in every format and variant, the same each time, and decode to the size they are meant to have", async () => {
    const kinds = new Map(
      rows
        .filter((row) => row.behaviour === "healthy")
        .map((row) => [`${row.picture.format} ${row.picture.variant}`, row]),
    );
    expect(kinds.size).toBeGreaterThanOrEqual(11);
    for (const [kind, { picture }] of kinds) {
      const bytes = await renderPicture(picture);
      expect(bytes.equals(await renderPicture(picture)), kind).toBe(true);
      const { width, height } = (await sharp(bytes).metadata()).autoOrient;
      expect([width, height], kind).toEqual([picture.width, picture.height]);
    }
  });

  it("look the same whatever their EXIF orientation", async () => {
    const { picture } =
      rows.find((row) => row.picture.variant === "orientation") ?? expect.fail("none is turned");
    const pixels = async (seed: number): Promise<Buffer> => {
      const spec = { ...picture, format: "png" as const };
      // The seed chooses the orientation; the drawing must not change with it.
      const turned = await renderPicture({ ...spec, seed, scene: { ...spec.scene, figures: [] } });
      return sharp(turned).autoOrient().resize(1, 1).raw().toBuffer();
    };
    const [upright, ...others] = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(pixels));
    for (const other of others) {
      for (const [channel, value] of other.entries())
        expect(Math.abs(value - (upright?.[channel] ?? 0))).toBeLessThan(40);
    }
  });
});

describe("misbehaviour", () => {
  it.each<[Behaviour, number]>([
    ["notFound", 404],
    ["disallowed", 200],
    ["reserved", 200],
    ["forbidden", 403],
    ["gone", 410],
    ["tooMany", 429],
    ["error", 500],
    ["redirectLoop", 302],
    ["redirectMany", 302],
    ["redirectNowhere", 302],
    ["redirectToFile", 302],
    ["redirectToPrivate", 302],
    ["redirectToMissing", 301],
    ["noContent", 204],
    ["softNotFound", 200],
    ["json", 200],
    ["empty", 200],
    ["gzip", 200],
    ["wrongType", 200],
    ["oddUrl", 200],
    ["optOut", 200],
    ["svg", 200],
  ])("%s answers %d", async (behaviour, status) => {
    const answer = await ask(rowOf(behaviour));
    expect(answer).toMatchObject({ status });
  });

  it.each<[Behaviour]>([["tooManyThenOk"], ["errorThenOk"]])("%s recovers, for good", async (behaviour) => {
    const row = rowOf(behaviour);
    const statuses: (number | string)[] = [];
    for (let visit = 0; visit < 4; visit += 1) {
      const answer = await ask(row);
      statuses.push(answer === "nothing" ? answer : answer.status);
    }
    expect(statuses[0]).not.toBe(200);
    expect(statuses.slice(2)).toEqual([200, 200]);
  });

  it("a good redirect leads to the picture in the end", async () => {
    const row = rowOf("redirect");
    let answer = await ask(row);
    for (let hop = 0; hop < 5 && answer !== "nothing" && answer.status !== 200; hop += 1) {
      answer = await ask(row, String(answer.headers.location));
    }
    expect(answer).toMatchObject({ status: 200, complete: true });
  });

  it("a short Content-Length, a reset, a drip and a hang never give a whole answer", async () => {
    expect(await ask(rowOf("shortLength"))).toMatchObject({ complete: false });
    expect(await ask(rowOf("reset"))).toBe("nothing");
    expect(await ask(rowOf("hang"))).toBe("nothing");
  });

  it("copies are the same to the byte, and the placeholder is under many URLs", async () => {
    const placeholders = rows.filter((row) => row.behaviour === "placeholder");
    const bodies = await Promise.all(placeholders.slice(0, 3).map((row) => ask(row)));
    const hashes = new Set(
      bodies.map((answer) => (answer === "nothing" ? "" : answer.body.toString("base64"))),
    );
    expect(hashes.size).toBe(1);
    const copies = rows.filter((row) => row.behaviour === "duplicate");
    for (const { picture } of copies) {
      expect(rows.filter((row) => row.picture === picture && row.behaviour === "healthy")).toHaveLength(1);
    }
  });

  it("only the hosts that reserve their pictures have files that say so", async () => {
    const said = async (host: string, path: string): Promise<number> => {
      const asked = request({ host: "127.0.0.1", port: web.port, path, headers: { host } });
      asked.end();
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      response.resume();
      return response.statusCode ?? 0;
    };
    const host = new URL(rowOf("disallowed").url).host;
    const reserved = new URL(rowOf("reserved").url).host;
    expect(await said(host, "/robots.txt")).toBe(200);
    expect(await said(reserved, "/.well-known/tdmrep.json")).toBe(200);
    expect(await said(reserved, "/robots.txt")).toBe(404);
    expect(await said(new URL(rowOf("healthy").url).host, "/robots.txt")).toBe(404);
  });

  it("the bomb is small and says that it is huge", async () => {
    const answer = await ask(rowOf("bomb"));
    if (answer === "nothing") expect.fail("no answer");
    expect(answer.body.length).toBeLessThan(100_000);
    const { width, height } = await sharp(answer.body, { limitInputPixels: false }).metadata();
    expect(width * height).toBe(400_000_000);
  });
});
