// One document's field on a sheet: what is chosen for it, and whether it was on screen.
import { check } from "./value-check.js";

export class Cell {
  constructor(element) {
    this.element = element;
    this.body = element.querySelector("[data-body]");
    this.crop = element.querySelector("[data-crop]");
    this.input = element.querySelector('input[name^="value-"]');
    this.says = element.querySelector("[data-check]");
    this.stands = element.querySelector("[data-stands]");
    this.seen = false;
  }

  get task() {
    return this.element.dataset.task;
  }

  get picks() {
    return [...this.element.querySelectorAll("[data-pick]")];
  }

  get chosen() {
    return this.picks.find((one) => one.checked);
  }

  button(pick) {
    return this.picks.find((one) => one.dataset.pick === pick);
  }

  get state() {
    if (this.chosen?.value === "out") return "out";
    if (this.input.value.trim()) return "changed";
    return this.chosen?.value === "confirm" ? "right" : "changed";
  }

  // What stands if the sheet is confirmed now.
  get value() {
    return this.input.value.trim() || this.chosen?.dataset.reads || this.element.dataset.value;
  }

  pick(key) {
    const wanted = key === "x" ? (this.state === "out" ? "confirm" : "out") : key;
    const button = this.button(wanted);
    if (!button) return false;
    this.input.value = "";
    // The same digit again takes it back.
    const again = button.checked && wanted !== "confirm" && wanted !== "out";
    (again ? (this.button("confirm") ?? button) : button).checked = true;
    return true;
  }

  edit() {
    this.element.classList.add("is-typing");
    if (this.state === "out") this.button("out").checked = false;
    this.input.value ||= this.value;
    this.input.focus();
    this.input.select();
  }

  // Typing is over: what says the same as before is no correction.
  settle() {
    if (this.input.value.trim() === this.element.dataset.value) this.input.value = "";
    const typed = Boolean(this.input.value.trim());
    this.element.classList.toggle("is-typing", typed);
    if (typed && this.state !== "out") for (const one of this.picks) one.checked = false;
    else if (!this.chosen) (this.button("confirm") ?? this.button("out")).checked = true;
    this.checkNow();
  }

  checkNow() {
    const { ok, says } = check(this.element.dataset.type, this.input.value);
    this.say(says, !ok && Boolean(says));
    return ok || !this.input.value.trim();
  }

  say(text, wrong) {
    this.says.textContent = text;
    this.says.classList.toggle("is-wrong", wrong);
    this.element.classList.toggle("is-wrong", wrong);
    if (wrong) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  // number and count: where it stands on the sheet, from 1.
  show(number, count) {
    const { document: name, why } = this.element.dataset;
    const words = { right: "right", changed: "corrected", out: "not this one" }[this.state];
    this.element.dataset.state = this.state;
    this.element.toggleAttribute("data-seen", this.seen);
    this.stands.textContent = this.value || this.stands.textContent;
    this.body.setAttribute(
      "aria-label",
      [this.value || "nothing found", why, words, name, `${number} of ${count}`].filter(Boolean).join(", "),
    );
  }
}
