// One doubtful field on the page: what it shows, and the answer that its forms hold.
import { said } from "./choice.js";
import { newId } from "./outbox.js";
import { check } from "./value-check.js";

export class Question {
  constructor(element) {
    this.element = element;
    this.head = element.querySelector(".question__pick");
    this.input = element.querySelector('input[name="value"]');
    this.says = element.querySelector("[data-check]");
    this.regionField = element.querySelector('input[name="region"]');
    this.typingForm = this.input.form;
  }

  get slot() {
    return this.element.dataset.slot;
  }

  get name() {
    return this.element.dataset.name;
  }

  get value() {
    return this.element.dataset.value;
  }

  get decided() {
    return "decided" in this.element.dataset;
  }

  // Answered, or on its way to be.
  get answered() {
    return this.decided || "sending" in this.element.dataset;
  }

  get verdict() {
    return this.element.dataset.said ?? "";
  }

  get place() {
    const { page, box } = this.element.dataset;
    return { slot: this.slot, page, box: JSON.parse(box || "[]") };
  }

  // Where a candidate stands; its box is drawn under "slot#key". The boxes of two versions
  // are both drawn under the slot.
  placeOf(button) {
    const { look, lights, key } = button.dataset;
    const [page, ...edges] = look.split(",");
    return { slot: lights ?? `${this.slot}#${key}`, page, box: edges.map(Number) };
  }

  setCurrent(current) {
    this.element.toggleAttribute("data-current", current);
    this.head.setAttribute("aria-expanded", String(current));
  }

  button(key) {
    return this.element.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  edit(text = null) {
    this.input.value = text ?? (this.input.value || this.value);
    this.input.focus();
    if (text === null) this.input.select();
    this.checkNow();
  }

  take({ text, region }) {
    this.input.value = text;
    this.regionField.value = region;
    this.checkNow();
  }

  forget() {
    this.regionField.value = "";
  }

  save() {
    this.typingForm.requestSubmit(this.typingForm.querySelector('[name="choice"]'));
  }

  checkNow() {
    const { ok, says } = check(this.element.dataset.type, this.input.value);
    this.say(says, !ok && Boolean(says));
    return ok;
  }

  say(text, wrong) {
    this.says.textContent = text;
    this.says.classList.toggle("is-wrong", wrong);
    this.input.toggleAttribute("aria-invalid", false);
    if (wrong) this.input.setAttribute("aria-invalid", "true");
  }

  // The answer of a form; its id is new, and stays with it however often it is sent.
  answer(form, button, activeMs) {
    const body = new URLSearchParams(new FormData(form, button));
    body.delete("csrfmiddlewaretoken");
    body.set("decision_id", newId());
    body.set("active_ms", activeMs);
    const meant = said(body.get("choice"), {
      value: this.value,
      typed: body.get("value") ?? "",
      offered: button?.dataset.value,
      people: "people" in (button?.dataset ?? {}),
    });
    return { question: this, body, ...meant };
  }

  showSending({ words, value }) {
    this.show(words, value, "sending");
  }

  showSaved({ verdict_text: text, value, seen }) {
    this.element.dataset.decided = "";
    this.element.dataset.value = value;
    for (const field of this.element.querySelectorAll('[name="seen"]')) field.value = seen;
    for (const field of this.element.querySelectorAll('[name="shown"]')) field.value = value;
    this.show(text, value, "saved");
    this.say("", false);
  }

  showRefused(error) {
    delete this.element.dataset.sending;
    this.element.classList.remove("is-decided");
    this.element.querySelector("[data-verdict]").textContent = "";
    this.say(error, true);
  }

  // The case is somebody else's: what was typed stays in its field.
  showLost(what) {
    this.element.removeAttribute("data-sending");
    this.element.classList.remove("is-decided");
    this.element.querySelector("[data-verdict]").textContent = what;
  }

  show(verdict, value, state) {
    this.element.classList.add("is-decided");
    this.element.toggleAttribute("data-sending", state === "sending");
    this.element.dataset.said = verdict;
    this.element.querySelector("[data-verdict]").textContent =
      state === "sending" ? `${verdict}, saving…` : `✓ ${verdict}`;
    this.element.querySelector("[data-short]").textContent = value || "–";
  }
}
