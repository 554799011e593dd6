// Where the keys lead on a sheet, and how it stands. Pure.

const PICKS = new Set(["1", "2", "3", "x", "c", "h"]);
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

// The name of an action: "move:ArrowUp", "pick:1", "confirm", "leave", "wait" or "".
// focus as of the desk's keys: "text" while typing, "control" on a button or link.
export function sheetAction(event, focus) {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return "";
  if (key === "Escape") return focus === "text" ? "leave" : "";
  if (focus === "text") return key === "Enter" ? "leave" : "";
  // A key held down must not confirm what nobody has looked at.
  if (event.repeat && (key === "Enter" || PICKS.has(key.toLowerCase()))) return "wait";
  if (key === "Enter") return focus === "control" ? "" : "confirm";
  if (key in STEPS || key === "Home" || key === "End") return `move:${key}`;
  if (key === "F2") return "pick:c";
  if (key === "Delete") return "pick:x";
  const plain = key.toLowerCase();
  return PICKS.has(plain) ? `pick:${plain}` : "";
}

// The cell that a key leads to from another: it stays where there is none.
export function cellAt(index, key, { count, columns }) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const [across, down] = STEPS[key] ?? [0, 0];
  const to = index + across + down * columns;
  if (to >= 0 && to < count) return to;
  // Down from the row above the last one reaches the last cell.
  const lastRow = Math.floor((count - 1) / columns);
  return down > 0 && Math.floor(index / columns) < lastRow ? count - 1 : index;
}

// state: "right", "changed" or "out" of each cell, and whether it was on screen.
export function summaryOf(cells) {
  const count = (state) => cells.filter((cell) => cell.state === state).length;
  const unseen = cells.filter((cell) => !cell.seen && cell.state !== "out").length;
  return { right: count("right"), changed: count("changed"), out: count("out"), unseen };
}

export function sentenceOf({ right, changed, out, unseen }) {
  const parts = [];
  if (unseen) parts.push(`${unseen} not on screen yet`);
  if (changed) parts.push(`${changed} corrected`);
  if (out) parts.push(`${out} left to the desk`);
  if (!unseen) parts.push("every one was on screen");
  return `${right} right: ${parts.join(", ")}.`;
}
