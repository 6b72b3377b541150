// What a dataset of so many rows takes: work, traffic, storage, requests, queue, memory and money, from measured costs of a picture,
// a caption and a part. Prints the tables of `docs/scale.md`.
//
//     node tools/bench/scale/model.mjs [rows:rowsPerPart ...]        default: 12.4e6:10000 400e6:10000 5e9:100000
//
// The figures are what the benchmarks named beside them measured on a 2-core x86-64 machine; change one, and run it again.

const measured = {
  /** Share of URLs that still give a picture (Conceptual 12M, October 2025); share of rows that end in its dataset. */
  alive: 0.623,
  wanted: 2_500_000 / 12_400_000,
  /** Bytes: line of the list, body, picture at 512 px and quality 90, rows of all stages. */
  line: 210,
  body: 160_000,
  stored: 45_000,
  row: 600,
  /** CPU milliseconds: a picture fetched (`fetch`) and cleaned (`clean`); a caption, int8, beam 4 (`translate`); a row into shards (`shards`). */
  fetchMs: 0.76,
  cleanMs: 4.3,
  captionMs: 28.4,
  shardMs: 1,
  /** Microseconds a row: list cut into parts (`reader`); selection in memory, and laid aside (`select`). */
  listUs: 1.3,
  selectUs: 5,
  spilledUs: 15,
  /** Bytes a row: selection in memory, and on disk where it is laid aside (`select`); `arrange`, for each row of the dataset. */
  selectBytes: 82,
  spilledBytes: 256,
  arrangeBytes: 8,
  /** A part: bytes of the queue, of the manifest of `fetch`; milliseconds to add it, and to read its record (`simulate.mjs`). */
  queueBytes: 3_200,
  manifestBytes: 703,
  enqueueMs: 0.33,
  recordMs: 0.1,
  /** Requests a part, all stages (`requests.mjs`), and bytes of a piece of an upload, and of a read. */
  writes: 12,
  reads: 24,
  piece: 16 << 20,
  block: 4 << 20,
};

/** US dollars, as large clouds ask them; assumptions, to be replaced by one's own. */
const prices = { coreHour: 0.04, gigabyteMonth: 0.023, thousandWrites: 0.005, thousandReads: 0.0004 };
/** Above so many rows the selection is laid aside by default. */
const rowsInMemory = 4_096e6 / measured.selectBytes;
/** Bytes of the longest text that Node.js holds. */
const longestText = 2 ** 29;

const sizes = process.argv.length > 2 ? process.argv.slice(2) : ["12.4e6:10000", "400e6:10000", "5e9:100000"];
const columns = sizes.map((size) => model(...size.split(":").map(Number)));
const names = Object.keys(columns[0]);
console.log(`| ${["", ...columns.map(({ rows }) => rows)].join(" | ")} |`);
console.log(`| ${["", ...columns].map(() => "---").join(" | ")} |`);
for (const name of names.slice(1))
  console.log(`| ${[name, ...columns.map((column) => column[name])].join(" | ")} |`);

function model(rows, rowsPerPart) {
  const m = measured;
  const parts = Math.ceil(rows / rowsPerPart);
  const pictures = rows * m.alive;
  const wanted = rows * m.wanted;
  const hours = {
    fetch: (pictures * m.fetchMs) / 3.6e6,
    clean: (pictures * m.cleanMs) / 3.6e6,
    translate: (wanted * m.captionMs) / 3.6e6,
    shards: (wanted * m.shardMs) / 3.6e6,
  };
  const coreHours = Object.values(hours).reduce((sum, value) => sum + value, 0);
  const isSpilled = rows > rowsInMemory;
  const selectHours = (rows * (isSpilled ? m.spilledUs : m.selectUs)) / 3.6e9;
  const bytes = {
    fetched: pictures * m.body,
    clean: pictures * m.stored,
    dataset: wanted * m.stored,
    rows: rows * m.row,
  };
  const kept = Object.values(bytes).reduce((sum, value) => sum + value, 0);
  const writes = parts * m.writes + (bytes.fetched + bytes.clean + bytes.dataset) / m.piece;
  const reads = parts * m.reads + (bytes.fetched + bytes.clean) / m.block;
  const gigabits = (bytes.fetched * 8) / (7 * 86_400) / 1e9;
  return {
    rows: number(rows),
    "parts (rows in each)": `${number(parts)} (${number(rowsPerPart)})`,
    "pictures alive; rows of the dataset": `${number(pictures)}; ${number(wanted)}`,
    "core hours: fetch, clean": `${number(hours.fetch)}, ${number(hours.clean)}`,
    "core hours: translate (int8, beam 4), shards": `${number(hours.translate)}, ${number(hours.shards)}`,
    "machines of 16 cores for a night of 10 h": number(Math.ceil(coreHours / 160)),
    "traffic; to have it within a week": `${size(bytes.fetched)}; ${gigabits.toFixed(2)} Gbit/s`,
    "alone, on one core: list cut, selection": `${time((rows * m.listUs) / 3.6e9)}, ${time(selectHours)}`,
    "memory of the selection": isSpilled
      ? `${size(4_096e6)}, and ${size(rows * m.spilledBytes)} of disk`
      : size(rows * m.selectBytes),
    "memory of arrange": size(wanted * m.arrangeBytes),
    "storage: fetched, clean, dataset, rows": Object.values(bytes).map(size).join(", "),
    "requests: that write, that read": `${number(writes)}, ${number(reads)}`,
    "queue: memory, time to enqueue": `${size(parts * m.queueBytes)}, ${time((parts * m.enqueueMs) / 3.6e6)}`,
    "enqueue again: all records read": time((parts * m.recordMs) / 3.6e6),
    "manifest of fetch, of 512 MiB at most": `${size(parts * m.manifestBytes)} (${((100 * parts * m.manifestBytes) / longestText).toFixed(0)} %)`,
    "money: cores": dollars(coreHours * prices.coreHour),
    "money: requests": dollars((writes * prices.thousandWrites + reads * prices.thousandReads) / 1_000),
    "money: storage a month, all kept; the dataset alone": `${dollars((kept / 1e9) * prices.gigabyteMonth)}; ${dollars((bytes.dataset / 1e9) * prices.gigabyteMonth)}`,
  };
}

function number(value) {
  if (value >= 1e9) return `${Number((value / 1e9).toPrecision(3))} B`;
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  return Number(value.toPrecision(3)).toLocaleString("en");
}

function size(value) {
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1);
  return `${Number((value / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

function time(hours) {
  if (hours < 1 / 60) return `${Number((hours * 3600).toPrecision(2))} s`;
  return hours < 1 ? `${Math.round(hours * 60)} min` : `${Number(hours.toPrecision(2))} h`;
}

function dollars(value) {
  return `$${number(value)}`;
}
