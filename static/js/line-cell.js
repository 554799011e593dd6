// One cell of the line items: what it shows, and how it hears what became of its answer
// (as desk-question.js does for a field).
import { check } from "./value-check.js";

const SIGNS = { sending: "…", saved: "✓", wrong: "≠" };

export class LineCell {
  constructor(element, say) {
    this.element = element;
    this.say = say;
  }

  get slot() {
    return this.element.dataset.slot;
  }

  get value() {
    return this.element.dataset.value;
  }

  get name() {
    const number = Number(this.element.parentElement.dataset.line) + 1;
    return `Line ${number}, ${this.element.dataset.head.toLowerCase()}`;
  }

  get place() {
    const { page, box } = this.element.dataset;
    return { slot: this.slot, page, box: JSON.parse(box || "[]") };
  }

  get input() {
    return { focus: () => this.element.focus() };
  }

  get editor() {
    return this.element.querySelector("input");
  }

  bring() {
    this.element.closest("details").open = true;
    this.element.focus();
  }

  edit(text, { focus = true } = {}) {
    const input = document.createElement("input");
    input.value = text;
    input.ariaLabel = this.name;
    input.maxLength = 2000;
    input.autocomplete = "off";
    this.element.replaceChildren(input);
    if (focus) input.focus();
  }

  // What was picked on the page stands in the cell until it is saved or left.
  take({ text, region }) {
    this.picked = { text, region };
    this.edit(text, { focus: false });
    this.tell();
  }

  forget() {
    if (!this.picked) return;
    this.show(this.value);
    this.tell();
  }

  // What the sum is made of has changed.
  tell() {
    this.element.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What is wrong with the text, "" for nothing.
  wrongWith(text) {
    const { ok, says } = check(this.element.dataset.type, text);
    return ok ? "" : says || "Type a value first";
  }

  show(text, state = "") {
    const { element } = this;
    this.picked = null;
    element.replaceChildren(text);
    element.dataset.state = state;
    if (!state) return;
    const sign = document.createElement("span");
    sign.className = "lines__sign";
    sign.ariaHidden = "true";
    sign.textContent = SIGNS[state];
    element.append(" ", sign);
  }

  showSending({ value }) {
    this.onItsWay = value;
    this.show(value, "sending");
  }

  showSaved({ value, seen, verdict_text: verdict }) {
    this.onItsWay = undefined;
    Object.assign(this.element.dataset, { value, seen, person: "" });
    const removed = this.element.dataset.column === "amount" && !value;
    this.element.parentElement.toggleAttribute("data-removed", removed);
    this.show(value, "saved");
    this.say(removed ? `Line removed` : `${this.name} ${verdict}`);
  }

  showRefused(error) {
    this.onItsWay = undefined;
    this.show(this.value, "wrong");
    this.say(error, true);
  }

  showLost(what) {
    this.onItsWay = undefined;
    this.show(this.value, "wrong");
    this.say(what, true);
  }
}
