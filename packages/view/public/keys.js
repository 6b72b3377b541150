/**
 * Keys besides those that browsers have: single letters only where nothing is being written, arrows from card to card.
 *
 * @param {{ search: () => void, next: () => void, previous: () => void, after: () => void, before: () => void, dialog: HTMLDialogElement }} page
 */
export function listenToKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea"))
      return;
    const action = page.dialog.open
      ? { ArrowLeft: page.before, ArrowRight: page.after }[event.key]
      : ({ "/": page.search, n: page.next, p: page.previous }[event.key] ?? arrow(event));
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

function arrow({ key, target }) {
  const card = target.closest(".cards a");
  if (card === null) return undefined;
  const cards = [...card.closest(".cards").querySelectorAll("a")];
  const at = cards.indexOf(card);
  const top = card.getBoundingClientRect().top;
  const inRow = cards.filter((each) => each.getBoundingClientRect().top === top).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -inRow, ArrowDown: inRow }[key];
  const wanted = step === undefined ? undefined : cards[at + step];
  return wanted === undefined ? undefined : () => wanted.focus();
}
