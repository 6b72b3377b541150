import { addressOf, readAddress } from "./address.js";
import { listCard, rowCard } from "./cards.js";
import { detailsOf, nearDuplicates } from "./details.js";
import { ask, byId, element, number } from "./dom.js";
import { listenToKeys } from "./keys.js";

const pageRows = 60;

const [form, cards, status, dialog] = ["filter", "cards", "status", "details"].map(byId);
const [previous, next, stop, before, after] = ["previous", "next", "stop", "before", "after"].map(byId);

const dataset = await ask("/api/dataset").catch((error) => {
  status.textContent = error.message;
  throw error;
});

let state = readAddress();
/** The page's rows are being asked for until this is aborted; the same for the open row. */
let asking = new AbortController();
let looking = new AbortController();
/** What the cards show, without what only moves on them. */
let shown = "";
/** Where the page after this one begins; null at the end. */
let nextAt = null;
/** Where pages began that were left by "next", for a way back through what was found. */
const trail = [];

describeDataset();
window.addEventListener("popstate", () => {
  state = readAddress();
  show();
});
document.addEventListener("click", followInPage);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
form.addEventListener("change", (event) => {
  if (event.target.matches("select")) search(0);
});
byId("q").addEventListener("search", () => search(0));
previous.addEventListener("click", toPrevious);
next.addEventListener("click", toNext);
stop.addEventListener("click", () => asking.abort());
before.addEventListener("click", () => step(-1));
after.addEventListener("click", () => step(1));
byId("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  looking.abort();
  if (state.open !== "") go({ ...state, open: "" });
});
listenToKeys({
  dialog,
  search: () => byId("q").focus(),
  next: toNext,
  previous: toPrevious,
  before: () => step(-1),
  after: () => step(1),
});
show();

function describeDataset() {
  document.title = `${dataset.name} · Leyenda`;
  byId("name").textContent = dataset.name;
  const splits = dataset.splits.map(({ split, rows }) => `${split} ${number(rows)}`);
  const list = dataset.list === null ? [] : [`from a list of ${number(dataset.list.rows)}`];
  byId("facts").replaceChildren(
    [...splits, ...list].join(", "),
    ...(dataset.rootHash === null ? [] : [" · root hash ", element("code", {}, dataset.rootHash)]),
  );
  byId("to-list").hidden = dataset.list === null;
  options(
    "split",
    dataset.splits.map(({ split, rows }) => [split, `${split} (${number(rows)})`]),
  );
  options("flag", [
    ["", "all"],
    ["none", "without signs of a poor one"],
    ["any", "with any sign of a poor one"],
    ...dataset.flags.map((flag) => [flag, flag]),
  ]);
  const outcomes = dataset.list?.outcomes.toSorted((a, b) => b.rows - a.rows) ?? [];
  options("outcome", [
    ["", "all"],
    ...outcomes.map(({ outcome, rows }) => [outcome, `${outcome} (${number(rows)})`]),
  ]);
}

function options(id, entries) {
  byId(id).replaceChildren(...entries.map(([value, text]) => element("option", { value }, text)));
}

/** Shows the state: the open row at once, the page of rows unless it is there already. */
function show() {
  if (state.split === "" || !dataset.splits.some(({ split }) => split === state.split))
    state.split = dataset.splits[0]?.split ?? "";
  for (const field of ["q", "split", "flag", "outcome", "at"]) byId(field).value = String(state[field]);
  for (const label of form.querySelectorAll("[data-view]")) label.hidden = label.dataset.view !== state.view;
  for (const view of ["rows", "list"]) {
    const link = byId(`to-${view}`);
    if (view === state.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const wanted = addressOf({ ...state, open: "" });
  if (wanted !== shown) {
    shown = wanted;
    void showPage();
  }
  if (state.open === "") dialog.close();
  else void showRow();
}

async function showPage() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const isSearch = state.q !== "" || (state.view === "list" ? state.outcome : state.flag) !== "";
  const split = state.split;
  const wanted = { ...state };
  cards.replaceChildren();
  nextAt = null;
  let found = 0;
  let at = wanted.at;
  previous.disabled = wanted.at === 0;
  next.disabled = true;
  stop.hidden = !isSearch;
  status.textContent = "Reading …";
  try {
    for (;;) {
      const page = await ask(pagePath(wanted, at, pageRows - found), signal);
      found += page.rows.length;
      cards.append(
        ...page.rows.map((row) =>
          wanted.view === "list"
            ? listCard(row, addressOf({ ...wanted, open: row.index }))
            : rowCard(row, split, addressOf({ ...wanted, open: `${split}/${row.position}` })),
        ),
      );
      nextAt = page.next;
      next.disabled = nextAt === null;
      const through = nextAt ?? page.total;
      status.textContent = isSearch
        ? `${number(found)} found in rows ${number(wanted.at)} to ${number(through)} of ${number(page.total)}`
        : `Rows ${number(wanted.at)} to ${number(through)} of ${number(page.total)}`;
      if (found >= pageRows || nextAt === null) break;
      at = nextAt;
    }
  } catch (error) {
    if (!signal.aborted) status.textContent = error.message;
    else if (shown === addressOf({ ...wanted, open: "" })) status.textContent += ", stopped";
  }
  if (asking.signal === signal) stop.hidden = true;
}

function pagePath({ view, split, flag, outcome, q }, at, count) {
  const query = new URLSearchParams({ at: String(at), count: String(count), q });
  for (const [name, value] of view === "list"
    ? [["outcome", outcome]]
    : [
        ["split", split],
        ["flag", flag],
      ])
    query.set(name, value);
  return `/api/${view}?${query}`;
}

async function showRow() {
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  const { open } = state;
  const body = byId("details-body");
  byId("details-title").textContent = open.includes("/") ? open.replace("/", " ") : `Row ${open} of the list`;
  if (!dialog.open) dialog.showModal();
  try {
    const path = open.split("/").map(encodeURIComponent).join("/");
    const lineage = await ask(open.includes("/") ? `/api/rows/${path}` : `/api/list/${path}`, signal);
    const hrefOf = (row) => addressOf({ ...state, open: row.index });
    const near = lineage.index === null ? null : nearDuplicates(lineage.index, hrefOf, signal);
    body.replaceChildren(...detailsOf(lineage, near));
    dialog.scrollTop = 0;
  } catch (error) {
    if (!signal.aborted) body.replaceChildren(element("p", { class: "marks" }, error.message));
  }
}

/** Goes to the card before or after the one that is open, or to the row there where it is on no card. */
function step(by) {
  const links = [...cards.querySelectorAll("a")];
  const at = links.findIndex(({ dataset: { open } }) => open === state.open);
  const link = at === -1 ? undefined : links[at + by];
  const [split, position] = state.open.includes("/") ? state.open.split("/") : [null, state.open];
  const there = Number(position) + by;
  if (link !== undefined) replace({ ...state, open: link.dataset.open });
  else if (at === -1 && there >= 0)
    replace({ ...state, open: split === null ? String(there) : `${split}/${there}` });
}

function search(at = Number(byId("at").value)) {
  const values = Object.fromEntries(new FormData(form));
  const isSame =
    values.q === state.q &&
    values.split === state.split &&
    values.flag === state.flag &&
    values.outcome === state.outcome;
  trail.length = 0;
  go({ ...state, ...values, at: isSame ? at : at === state.at ? 0 : at, open: "" });
}

function toNext() {
  if (nextAt === null) return;
  trail.push(state.at);
  go({ ...state, at: nextAt });
  byId("rows").scrollIntoView();
}

function toPrevious() {
  if (state.at === 0) return;
  go({ ...state, at: trail.pop() ?? Math.max(0, state.at - pageRows) });
}

function go(wanted) {
  if (addressOf(wanted) === addressOf(state)) return;
  history.pushState(null, "", addressOf(wanted));
  state = readAddress();
  show();
}

/** Like `go`, without a step in the history: one Back closes the row, however many were looked at. */
function replace(wanted) {
  history.replaceState(null, "", addressOf(wanted));
  state = readAddress();
  show();
}

/** A link to another state of this page needs no new page. */
function followInPage(event) {
  const link = event.target.closest("a[href^='?']");
  if (link === null || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
    return;
  event.preventDefault();
  trail.length = link.closest("header") === null ? trail.length : 0;
  history.pushState(null, "", link.getAttribute("href"));
  state = readAddress();
  show();
}
