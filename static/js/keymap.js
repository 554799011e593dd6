// Which key does what on the review page. Pure: what is pressed, where the focus is and
// the person's own keys come in, the name of an action goes out.
//
// focus: "text" while typing, "control" on a button or link that has its own meaning,
// "picture" on the page picture, "field" anywhere else on the desk.
import { USUAL, usualOf } from "./own-keys.js";

const PRESSED = new Set(["1", "2", "3", "a", "u", "s", "n", "w", "z", "e", "r", "h"]);
const MOVES = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
const ZOOMS = { "+": "in", "=": "in", "-": "out", 0: "whole" };
const PLAIN = { c: "edit", m: "comment", l: "lines", t: "picture:turn", i: "picture:contrast" };

export function actionFor(event, focus, keys = USUAL) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return "";
  if (event.key === "Escape") return "leave";
  if (focus === "text") return "";
  // What only the focused thing itself may have stays that, whatever is remapped to it.
  if (event.key === " " || event.key === "Tab") return "";
  if (focus === "control" && event.key === "Enter") return event.repeat ? "wait" : "";
  if (focus === "picture" && (event.key in MOVES || event.key in ZOOMS)) return "";
  const key = usualOf(event.key, keys);
  // A key held down must not answer what nobody has looked at.
  if (event.repeat && (key === "Enter" || PRESSED.has(key.toLowerCase()))) return "wait";
  if (key === "Enter") return "press:Enter";
  if (key in MOVES) return `move:${MOVES[key]}`;
  if (key in ZOOMS) return `zoom:${ZOOMS[key]}`;
  if (key === "F2") return "edit";
  if (key === "?") return "keys";
  if ([...key].length !== 1) return "";
  const plain = key.toLowerCase(); // under Caps Lock too
  if (plain in PLAIN) return PLAIN[plain];
  return PRESSED.has(plain) ? `press:${plain}` : "";
}

export function focusOf(element) {
  if (!element?.closest) return "field";
  if (element.closest("textarea, select, [contenteditable]")) return "text";
  const input = element.closest("input");
  if (input) return ["button", "submit", "checkbox"].includes(input.type) ? "control" : "text";
  if (element.closest(".question__pick")) return "field";
  if (element.closest("a, button, summary")) return "control";
  return element.closest("[data-frame]") ? "picture" : "field";
}
