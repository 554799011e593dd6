// <contact-sheet>: the same field of many documents. The server draws it as a plain form;
// this gives it a grid for the arrow keys, one key to confirm what is not marked once
// every one was on screen, and sends it without losing it.
import { ActiveTime, keepTime } from "./active-time.js";
import { AnswerStore } from "./answer-store.js";
import { focusOf } from "./keymap.js";
import { OnScreen } from "./on-screen.js";
import { meaningOf, Outbox } from "./outbox.js";
import { csrfToken, Reservation } from "./reservation.js";
import { Cell } from "./sheet-cell.js";
import { cellAt, sentenceOf, sheetAction, summaryOf } from "./sheet-grid.js";

class ContactSheet extends HTMLElement {
  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.form = this.querySelector("[data-sheet]");
    this.cells = [...this.querySelectorAll("[data-cell]")].map((one) => new Cell(one));
    this.clock = new ActiveTime();
    keepTime(this.clock, signal);
    this.outbox = new Outbox({
      store: new AnswerStore(this.dataset.user),
      send: (answer) => this.post(answer),
      told: (meaning) => this.told(meaning),
    });
    this.reservation = new Reservation({
      extendUrl: this.dataset.extend,
      putBackUrl: this.dataset.putBack,
      token: this.dataset.token,
      seconds: Number(this.dataset.seconds),
      meaningOf,
      told: (meaning) => meaning.kind === "lost" && this.state(meaning.error, true),
      warned: (stands, seconds) => this.warn(stands, seconds),
      keeps: () => this.outbox.unsent > 0,
      spent: () => this.clock.ms,
    });
    this.listen(signal);
    this.begin();
  }

  disconnectedCallback() {
    this.life.abort();
    this.screen.end();
    this.reservation.end();
    this.outbox.close();
  }

  listen(signal) {
    const on = (name, act, target = this) => target.addEventListener(name, act, { signal });
    on("keydown", (event) => this.pressed(event), document);
    on("change", (event) => this.changed(event.target));
    on("click", ({ target }) => target.closest("[data-edit]") && this.cellOf(target).edit());
    on("input", (event) => this.cellOf(event.target)?.checkNow());
    on("focusin", (event) => this.focused(event.target));
    on("focusout", (event) => this.left(event));
    on("submit", (event) => this.submitted(event));
    on("online", () => this.outbox.resume(), window);
    on("beforeunload", (event) => this.outbox.unsent && !this.onDisk && event.preventDefault(), window);
  }

  begin() {
    this.classList.add("is-live");
    this.querySelector("[data-keys]").hidden = false;
    const list = this.querySelector("[data-cells]");
    list.setAttribute("role", "grid");
    list.setAttribute("aria-label", `${this.dataset.name}, odd ones first`);
    for (const { element, body } of this.cells) {
      element.setAttribute("role", "row");
      body.setAttribute("role", "gridcell");
      for (const one of element.querySelectorAll("input:not([type=hidden]), a, button")) one.tabIndex = -1;
      element.querySelector("[data-edit]").hidden = false;
    }
    const below = this.querySelector(".sheet__bar").offsetHeight;
    this.screen = new OnScreen((crop) => this.saw(crop), { below });
    for (const { crop } of this.cells) {
      const picture = crop.querySelector("img")?.getAttribute("src") ?? "";
      this.screen.watch(crop, picture, (one) => this.broken(one));
    }
    this.show();
    const wrong = this.cells.find((one) => one.element.classList.contains("is-wrong"));
    this.select(wrong ?? this.cells[0]);
    wrong?.edit();
  }

  cellOf(element) {
    const holder = element.closest?.("[data-cell]");
    return this.cells.find((one) => one.element === holder);
  }

  saw(crop) {
    const cell = this.cellOf(crop);
    if (cell) cell.seen = true;
    this.show();
  }

  // What nobody can see is not confirmed.
  broken(crop) {
    const cell = this.cellOf(crop);
    if (!cell) return;
    if (cell.state === "right") cell.pick("x");
    cell.say("Its picture does not load: leave it to the desk.", true);
    this.saw(crop);
  }

  get columns() {
    const [first] = this.cells;
    const top = first?.element.offsetTop;
    return this.cells.filter(({ element }) => element.offsetTop === top).length || 1;
  }

  select(cell) {
    if (!cell) return;
    this.current = cell;
    for (const one of this.cells) one.body.tabIndex = one === cell ? 0 : -1;
    cell.body.focus({ preventScroll: true });
    cell.element.scrollIntoView({ block: "nearest" });
  }

  focused(target) {
    const cell = this.cellOf(target);
    if (!cell) return;
    this.current = cell;
    for (const one of this.cells) one.body.tabIndex = one === cell ? 0 : -1;
  }

  // Whoever picks with the pointer means that and not what was typed before.
  changed(target) {
    const cell = this.cellOf(target);
    if (target.type === "radio") cell.input.value = "";
    cell?.settle();
    this.show();
  }

  left(event) {
    const cell = this.cellOf(event.target);
    if (cell?.input !== event.target) return;
    cell.settle();
    this.show();
  }

  pressed(event) {
    const focus = focusOf(event.target);
    if (!this.contains(event.target) && focus !== "field") return;
    // A radio button stands for its cell: the grid's keys go on there.
    const radio = event.target.type === "radio";
    const action = sheetAction(event, radio ? "field" : focus);
    const [does, what] = action.split(":");
    if (does === "move") this.select(this.cells[this.stepped(what)]);
    else if (does === "pick") this.pick(what);
    else if (does === "leave") this.select(this.current);
    else if (does === "confirm") this.confirm();
    else if (does !== "wait") return;
    event.preventDefault();
  }

  stepped(key) {
    const { columns, cells } = this;
    return cellAt(Math.max(cells.indexOf(this.current), 0), key, { count: cells.length, columns });
  }

  pick(key) {
    const { current } = this;
    if (key === "h") this.reservation.extend().then(() => this.state("Held for another while."));
    else if (key === "c") current?.edit();
    else if (current?.pick(key)) this.picked(current);
    else this.say(`Nothing is on key ${key} here`);
  }

  picked(cell) {
    cell.settle();
    this.show();
    const words = { right: "right", changed: `corrected: ${cell.value}`, out: "not this one" };
    this.say(words[cell.state]);
  }

  show() {
    this.cells.forEach((cell, index) => cell.show(index + 1, this.cells.length));
    const stands = summaryOf(this.cells);
    this.state(sentenceOf(stands));
    const { right, changed } = stands;
    const all = right + changed;
    this.querySelector("[data-confirm-text]").textContent = all ? `Confirm ${all}` : "Leave all to the desk";
    this.toggleAttribute("data-all-seen", stands.unseen === 0);
  }

  state(text, wrong = false) {
    const line = this.querySelector("[data-summary]");
    line.textContent = text;
    line.classList.toggle("is-wrong", wrong);
    if (wrong) this.say(text);
  }

  say(text) {
    this.querySelector("[data-says]").textContent = text;
  }

  warn(stands, seconds) {
    if (stands === "ends") this.state(`These go back to the queue in ${seconds} s: press h to hold them.`, true);
    else if (stands === "over") this.state("Your time on these is over; what others do not take counts still.", true);
    else this.show();
  }

  confirm() {
    this.form.requestSubmit(this.querySelector("[data-confirm]"));
  }

  submitted(event) {
    if (event.target !== this.form) {
      event.target.elements.active_ms.value = this.clock.ms;
      this.reservation.end();
      return;
    }
    event.preventDefault();
    if (this.sending || !this.mayConfirm()) return;
    this.sending = true;
    const { answer: url, token, slot, name } = this.dataset;
    const body = new URLSearchParams(new FormData(this.form));
    body.delete("csrfmiddlewaretoken");
    body.set("active_ms", this.clock.take());
    this.state("Saving…");
    const answer = { id: token, url, body, task: token, slot, words: "sheet", value: name };
    this.outbox.add(answer);
    this.outbox.kept(answer).then((kept) => (this.onDisk = kept));
  }

  // Else leads to what is in the way.
  mayConfirm() {
    const wrong = this.cells.find((one) => one.state === "changed" && !one.checkNow());
    if (wrong) {
      this.select(wrong);
      wrong.edit();
      this.say(wrong.says.textContent);
      return false;
    }
    const unseen = this.cells.filter((one) => !one.seen && one.state !== "out");
    if (!unseen.length) return true;
    const [first] = unseen;
    this.select(first);
    first.element.scrollIntoView({ block: "start" });
    this.say(`${unseen.length} were not on screen yet: look at them, then press Enter again.`);
    return false;
  }

  post({ url, body }) {
    const form = new URLSearchParams(body);
    form.set("csrfmiddlewaretoken", csrfToken());
    const headers = { Accept: "application/json" };
    return fetch(url, { method: "POST", body: form, headers, redirect: "manual" });
  }

  told(meaning) {
    if (meaning.kind === "saved") this.saved(meaning);
    else if (meaning.kind === "login") this.state("You are logged out. Log in in another tab, and they go on.", true);
    else if (meaning.kind === "offline") this.state("The line is down: these answers wait on this machine and go when it is back.", true);
    else this.state(meaning.error ?? "These answers were not taken.", true);
    if (meaning.kind === "saved" || meaning.kind === "refused") this.sending = false;
    if (meaning.kind === "login") addEventListener("focus", () => this.outbox.resume(), { once: true });
  }

  saved({ refused, following, says }) {
    if (following) {
      this.reservation.end();
      location.assign(following);
      return;
    }
    for (const cell of this.cells) if (!(cell.task in refused)) cell.element.remove();
    this.cells = this.cells.filter((cell) => cell.task in refused);
    this.show();
    const [first] = this.cells;
    this.select(first);
    first?.edit();
    for (const cell of this.cells) cell.say(refused[cell.task], true);
    this.state(says, true);
  }
}

customElements.define("contact-sheet", ContactSheet);
