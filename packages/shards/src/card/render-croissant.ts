import type { FileEntry } from "@leyenda/core";

import type { Feature } from "../write/shard-schema.js";

/** What a Croissant description says of a dataset or an export. */
export interface CroissantData {
  name: string;
  description: string;
  license: string;
  /** Of the pictures and texts themselves, as text or BibTeX; null where nobody says how. */
  citation: string | null;
  homepage: string | null;
  creators: readonly string[];
  /** ISO 8601; null leaves it out, as it would differ from build to build. */
  datePublished: string | null;
  /** Names the bytes: two descriptions of the same version are of the same shards. */
  rootHash: string;
  files: readonly { split: string; entry: FileEntry }[];
  /** MIME type of the files. */
  encodingFormat: string;
  /** The record sets' columns; null for files whose rows Croissant has no words for. */
  features: Readonly<Record<string, Feature>> | null;
  /** Glob of a split's files. */
  includes: (split: string) => string;
}

const dataTypes: Readonly<Record<string, string>> = {
  string: "sc:Text",
  int32: "cr:Int32",
  float32: "cr:Float32",
  bool: "sc:Boolean",
};

/**
 * Croissant 1.1 JSON-LD: every file with its size and SHA-256, and a record set for each split. It lies beside the files, so that
 * their addresses are their names, on a disk as on the hub.
 *
 * @see https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
 */
export function renderCroissant(data: CroissantData): string {
  const splits = [...new Set(data.files.map(({ split }) => split))];
  const { features } = data;
  const description = {
    "@context": context,
    "@type": "sc:Dataset",
    conformsTo: "http://mlcommons.org/croissant/1.1",
    name: data.name,
    description: data.description,
    license: licenseUrl(data.license),
    ...(data.citation === null ? {} : { citeAs: data.citation }),
    ...(data.homepage === null ? {} : { url: data.homepage }),
    ...(data.creators.length === 0
      ? {}
      : { creator: data.creators.map((name) => ({ "@type": "sc:Organization", name })) }),
    ...(data.datePublished === null ? {} : { datePublished: data.datePublished }),
    // Semantic versions only; the build is what tells two versions apart.
    version: `1.0.0+${data.rootHash.slice(0, 16)}`,
    inLanguage: ["es", "en"],
    distribution: [
      ...data.files.map(({ entry }) => ({
        "@type": "cr:FileObject",
        "@id": entry.name,
        name: entry.name,
        contentUrl: entry.name,
        contentSize: `${entry.bytes} B`,
        encodingFormat: data.encodingFormat,
        sha256: entry.sha256,
      })),
      ...splits.map((split) => ({
        "@type": "cr:FileSet",
        "@id": `${split}-files`,
        name: `${split}-files`,
        description: `The files of ${split}, in the order of their names.`,
        encodingFormat: data.encodingFormat,
        includes: data.includes(split),
      })),
    ],
    ...(features === null ? {} : { recordSet: splits.map((split) => recordSet(split, features)) }),
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

function recordSet(split: string, features: Readonly<Record<string, Feature>>): object {
  return {
    "@type": "cr:RecordSet",
    "@id": split,
    name: split,
    ...(Object.keys(features).includes("key") ? { key: { "@id": `${split}/key` } } : {}),
    field: Object.entries(features).map(([column, feature]) => ({
      "@type": "cr:Field",
      "@id": `${split}/${column}`,
      name: column,
      dataType: feature._type === "Image" ? "sc:ImageObject" : dataTypes[feature.dtype],
      source: {
        fileSet: { "@id": `${split}-files` },
        extract: { column },
        ...(feature._type === "Image" ? { transform: { jsonPath: "bytes" } } : {}),
      },
    })),
  };
}

/** Licences are addresses in Croissant; the hub's own descriptions lead there, too. */
function licenseUrl(id: string): string {
  return /^(other|unknown)$/.test(id) || id.includes(" ") ? id : `https://choosealicense.com/licenses/${id}/`;
}

/** The names that the specification gives, for JSON-LD readers that know nothing of Croissant. */
const context = {
  "@language": "en",
  "@vocab": "https://schema.org/",
  citeAs: "cr:citeAs",
  column: "cr:column",
  conformsTo: "dct:conformsTo",
  containedIn: "cr:containedIn",
  cr: "http://mlcommons.org/croissant/",
  data: { "@id": "cr:data", "@type": "@json" },
  dataType: { "@id": "cr:dataType", "@type": "@vocab" },
  dct: "http://purl.org/dc/terms/",
  examples: { "@id": "cr:examples", "@type": "@json" },
  extract: "cr:extract",
  field: "cr:field",
  fileObject: "cr:fileObject",
  fileProperty: "cr:fileProperty",
  fileSet: "cr:fileSet",
  format: "cr:format",
  includes: "cr:includes",
  isLiveDataset: "cr:isLiveDataset",
  jsonPath: "cr:jsonPath",
  key: "cr:key",
  md5: "cr:md5",
  parentField: "cr:parentField",
  path: "cr:path",
  recordSet: "cr:recordSet",
  references: "cr:references",
  regex: "cr:regex",
  repeated: "cr:repeated",
  replace: "cr:replace",
  sc: "https://schema.org/",
  separator: "cr:separator",
  source: "cr:source",
  subField: "cr:subField",
  transform: "cr:transform",
};
