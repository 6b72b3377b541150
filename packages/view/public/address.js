/** What the page shows, as it stands in its address: so that Back works, and a row can be sent to somebody. */

const fields = ["view", "split", "flag", "outcome", "q", "at", "open"];

/** @returns {{ view: string, split: string, flag: string, outcome: string, q: string, at: number, open: string }} */
export function readAddress() {
  const given = new URLSearchParams(location.search);
  const state = Object.fromEntries(fields.map((field) => [field, given.get(field) ?? ""]));
  return {
    ...state,
    view: state.view === "list" ? "list" : "rows",
    at: Math.max(0, Math.trunc(Number(state.at)) || 0),
  };
}

/** The address that shows a state. */
export function addressOf(state) {
  const query = new URLSearchParams();
  for (const field of fields) {
    const value = String(state[field] ?? "");
    const isElsewhere =
      (field === "outcome") !== (state.view === "list") && ["split", "flag", "outcome"].includes(field);
    if (value !== "" && value !== "0" && !isElsewhere) query.set(field, value);
    if (field === "open" && value === "0") query.set(field, value);
  }
  return `?${query}`;
}
