// The desk's keys: each presses the button that carries it, moves or zooms.
import { actionFor, focusOf } from "./keymap.js";
import { keysOf, ownOf, showKeys } from "./own-keys.js";
import { RememberedFold } from "./remembered-fold.js";

const LOOK_FIRST = 350; // milliseconds
// All that is not looking around.
const ANSWERS = new Set(["edit", "comment", "lines", "leave", "press"]);

export class DeskKeys {
  constructor(desk, signal) {
    this.desk = desk;
    this.own = keysOf(desk);
    showKeys(desk, this.own);
    this.list = new RememberedFold(desk.querySelector("[data-keymap]"), "keys", signal);
    const follows = desk.isEarly || desk.dataset.after;
    this.began = follows ? performance.now() : -LOOK_FIRST;
    // Before the page picture, whose own arrow keys would else move it while picking.
    document.addEventListener("keydown", (event) => this.pressed(event), { signal, capture: true });
  }

  pressed(event) {
    const { desk } = this;
    if (!desk.isConnected) return;
    const focus = focusOf(event.target);
    if (focus !== "field" && !desk.contains(event.target)) return;
    const taken = desk.lines?.pressed(event) || desk.picking.pressed(event, focus);
    // What the grid leaves alone is the browser's: a letter there is no answer.
    if (!taken && (desk.lines?.at(event.target) || !this.act(event, focus))) return;
    event.preventDefault();
    event.stopPropagation();
  }

  act(event, focus) {
    const { desk } = this;
    const action = actionFor(event, focus, this.own);
    const does = action.split(":", 1)[0];
    const what = action.slice(does.length + 1);
    if (desk.isEarly && ANSWERS.has(does)) this.notYet();
    else if (does === "move") desk.selectBy(Number(what));
    else if (does === "edit") desk.current?.edit();
    else if (does === "comment") this.comment();
    else if (does === "zoom") this.zoom(what);
    else if (does === "picture") desk.pages.view?.tool(what);
    else if (does === "lines") return desk.lines?.toggle() ?? false;
    else if (does === "keys") this.list.toggle();
    else if (does === "leave" && focus === "text") desk.answers.leave() || desk.select(desk.current);
    else if (does === "press") this.press(what);
    else if (does === "wait") return true;
    else return false;
    return true;
  }

  // Shown early: the server has not said yet that the case is this person's.
  notYet() {
    if (performance.now() - this.began < LOOK_FIRST) return;
    this.desk.notes.hint("Not yet: the last answer is still on its way");
  }

  comment() {
    const box = this.desk.querySelector("[data-comment]");
    box.closest("details").open = true;
    box.focus();
  }

  zoom(way) {
    const { view } = this.desk.pages;
    if (way === "whole") view?.whole();
    else view?.zoomBy(way === "in" ? 1.25 : 0.8);
  }

  nothingOn(key) {
    if (key !== "Enter") return `Nothing is on key ${ownOf(key, this.own)} here`;
    const which = ["difference", "third"].includes(this.desk.dataset.asks);
    return which ? "Press 1, 2 or 3 here" : "There is no value to confirm here";
  }

  // On the page, or folded away with the other means of help.
  reachable(button) {
    return button.checkVisibility() || Boolean(button.closest("details:not([open])"));
  }

  press(key) {
    const { desk } = this;
    if (key === "h") {
      desk.hold();
      return;
    }
    // Who types ahead must see the new case before answering it.
    if (performance.now() - this.began < LOOK_FIRST) return;
    const others = [...desk.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
    const button =
      desk.current?.button(key) ??
      others.find((one) => !one.closest(".question") && this.reachable(one));
    if (button) button.click();
    else desk.notes.hint(this.nothingOn(key));
  }
}
