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

  // Answered, or on its way to be, or settled by a check: nothing is asked here now.
  get answered() {
    return this.decided || this.settled || "sending" in this.element.dataset;
  }

  // A check agrees with it since another answer: nobody needs to answer, but one may.
  get settled() {
    return "settled" in this.element.dataset;
  }

  // Somebody is typing another value than the one that the field began with.
  get typing() {
    return document.activeElement === this.input && this.input.value !== this.typedFrom;
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
    this.typedFrom = this.input.value;
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

  // The sentence of the check that agrees, or "" where the field is asked again.
  showSettled(sentence) {
    const { element } = this;
    if (this.decided || "sending" in element.dataset) return;
    const line = element.querySelector("[data-agrees]");
    line.hidden = !sentence;
    line.querySelector("span").textContent = sentence;
    if (Boolean(sentence) === this.settled) return;
    element.toggleAttribute("data-settled", Boolean(sentence));
    element.classList.toggle("is-decided", Boolean(sentence));
    element.querySelector("[data-verdict]").textContent = sentence ? "≈ agrees now" : "";
  }

  // What the rules say of the value as it would stand; would: it would need no answer.
  showRules(sentences, would) {
    const { element } = this;
    const list = element.querySelector("[data-rules]");
    list.replaceChildren(...sentences.map(asItem));
    list.hidden = !sentences.length;
    if (this.answered) return;
    element.querySelector("[data-verdict]").textContent = would ? "would agree" : "";
  }

  showSending({ words, value }) {
    delete this.element.dataset.settled;
    this.element.querySelector("[data-agrees]").hidden = true;
    this.onItsWay = value;
    this.typedFrom = this.input.value;
    this.show(words, value, "sending");
  }

  showSaved({ verdict_text: text, value, seen }) {
    this.onItsWay = undefined;
    this.element.dataset.decided = "";
    this.element.dataset.value = value;
    for (const field of this.element.querySelectorAll('[name="seen"]')) field.value = seen;
    for (const field of this.element.querySelectorAll('[name="shown"]')) field.value = value;
    this.show(text, value, "saved");
    this.say("", false);
  }

  showRefused(error) {
    this.onItsWay = undefined;
    delete this.element.dataset.sending;
    this.element.classList.remove("is-decided");
    this.element.querySelector("[data-verdict]").textContent = "";
    this.say(error, true);
  }

  // The case is somebody else's: what was typed stays in its field.
  showLost(what) {
    this.onItsWay = undefined;
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

// Told apart by a sign and by words, not by colour alone.
function asItem({ text, agrees }) {
  const item = document.createElement("li");
  item.className = agrees ? "is-good" : agrees === false ? "is-bad" : "";
  const sign = document.createElement("span");
  sign.ariaHidden = "true";
  sign.textContent = agrees ? "✓" : agrees === false ? "≠" : "·";
  item.append(sign, " ", text);
  return item;
}
