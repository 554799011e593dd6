// <review-desk>: one case. The server draws it as plain forms; this makes one field the
// current one, gives every button its key, sends answers without leaving the page, and
// puts the next case in its place when this one is done.
import { ActiveTime, keepTime } from "./active-time.js";
import { DeskAnswers } from "./desk-answers.js";
import { DeskKeys } from "./desk-keys.js";
import { DeskLines } from "./desk-lines.js";
import { NextCase, takeOver } from "./desk-next.js";
import { DeskNotes } from "./desk-notes.js";
import { DeskPages } from "./desk-pages.js";
import { DeskPicking } from "./desk-picking.js";
import { LiveChecks } from "./live-checks.js";
import { Question } from "./desk-question.js";
import { meaningOf } from "./outbox.js";
import { Reservation } from "./reservation.js";

// What cannot be used while the desk is shown early.
const ANSWERING = ".question__body, .desk__leave, [data-lines], .talk";

class ReviewDesk extends HTMLElement {
  connectedCallback() {
    if (this.life) {
      // Back from where it stepped aside.
      this.select(this.current);
      return;
    }
    this.life = new AbortController();
    const { signal } = this.life;
    this.questions = [...this.querySelectorAll(".question")].map((one) => new Question(one));
    this.clock = new ActiveTime();
    keepTime(this.clock, signal);
    this.notes = new DeskNotes(this);
    this.pages = new DeskPages(this.querySelector("[data-pages]"));
    this.picking = new DeskPicking(this);
    this.live = new LiveChecks(this, signal);
    this.answers = new DeskAnswers(this, signal);
    this.keys = new DeskKeys(this, signal);
    const lines = this.querySelector("[data-lines]");
    this.lines = lines && new DeskLines(this, lines, signal);
    this.next = new NextCase(this);
    this.listen(signal);
    // A page view that comes in with this desk is made ready right after it.
    queueMicrotask(() => this.isConnected && this.begin());
  }

  disconnectedCallback() {
    if (!this.aside) this.end();
  }

  end() {
    this.life.abort();
    this.answers.outbox.close();
    this.reservation?.end();
  }

  // Shown while the last answer of the case before is on its way.
  get isEarly() {
    return "early" in this.dataset;
  }

  // The next case stands here, while what this one has to send is on its way.
  stepAside(next) {
    this.aside = true;
    this.replaceWith(next);
    this.aside = false;
  }

  listen(signal) {
    const on = (name, act, target = this) => target.addEventListener(name, act, { signal });
    on("click", (event) => this.clicked(event));
    on("input", (event) => this.typed(event));
    on("focusin", (event) => this.pointed(event));
    on("pointerover", (event) => this.pointed(event));
    on("page-view:tells", (event) => this.notes.hint(event.detail.text));
    on("page-view:box", (event) => this.boxed(event.detail.slot));
    on("submit", (event) => this.ends(event));
  }

  begin() {
    this.classList.add("is-live");
    for (const one of this.querySelectorAll("[data-pick], [data-neither]")) one.hidden = false;
    const refused = this.questions.find((one) => "wrong" in one.element.dataset);
    const first = refused ?? this.nextOpen(null) ?? this.questions[0];
    // The reason why the case is here stands above: it is not scrolled away.
    this.select(first, { scroll: false });
    refused?.input.focus();
    if (!first) this.querySelector('[data-key="Enter"]')?.focus();
    // One thumb's worth of page: the picture at its top, the answers at its bottom.
    const narrow = matchMedia("(max-width: 40rem)").matches;
    const { after = "" } = this.dataset;
    if ((after || this.isEarly) && !narrow) scrollTo({ top: 0 });
    if (narrow && this.pages.open) this.querySelector(".desk__page").scrollIntoView();
    const crops = [...this.querySelectorAll(".crop__picture")];
    this.pictured = this.pages.begin(crops);
    if (this.isEarly) this.wait();
    else this.reserved(after);
  }

  // Nothing that somebody gives it may be lost: until it is held it takes nothing.
  wait() {
    for (const one of this.querySelectorAll(ANSWERING)) one.inert = true;
    this.notes.state("Saving…");
  }

  // The server has given the case that was shown early. drawn: its desk, as it is now.
  given(drawn, says) {
    delete this.dataset.early;
    takeOver(this, drawn);
    for (const one of this.querySelectorAll(ANSWERING)) one.inert = false;
    this.reserved(says);
  }

  // after: what the last answer of the case before has brought about.
  reserved(after) {
    this.reservation = new Reservation({
      extendUrl: this.dataset.extend,
      putBackUrl: this.dataset.putBack,
      token: this.dataset.token,
      seconds: Number(this.dataset.seconds),
      meaningOf,
      told: (meaning) => this.beaten(meaning),
      warned: (stands, seconds) => this.notes.ending(stands, seconds),
      keeps: () => this.answers.outbox.unsent > 0,
      spent: () => this.clock.ms,
    });
    this.answers.takeUp();
    this.notes.state(after, "good");
    if (after) this.notes.say(`${after} ${this.querySelector(".desk__why").textContent.trim()}`);
    this.prepareNext();
  }

  // When this case has all of its own.
  async prepareNext() {
    await this.pictured;
    if (this.life.signal.aborted) return;
    await this.next.prepare({ page: this.pages.open }).catch(() => {});
  }

  questionOf(element) {
    const holder = element.closest?.(".question");
    return this.questions.find((one) => one.element === holder);
  }

  nextOpen(after) {
    const start = after ? this.questions.indexOf(after) + 1 : 0;
    const ahead = [...this.questions.slice(start), ...this.questions.slice(0, start)];
    return ahead.find((one) => !one.answered);
  }

  select(question, { focus = true, scroll = true } = {}) {
    if (!question) return;
    if (this.picking.target !== question) this.picking.end();
    this.clock.turnTo(question.slot);
    this.current = question;
    for (const one of this.questions) one.setCurrent(one === question);
    if (focus) question.head.focus({ preventScroll: true });
    if (scroll) question.element.scrollIntoView({ block: "nearest" });
    this.pages.look(question.place);
  }

  selectBy(steps) {
    this.select(this.questions[this.questions.indexOf(this.current) + steps]);
  }

  clicked(event) {
    const question = this.questionOf(event.target);
    if (event.target.closest(".question__pick")) this.select(question);
    else if (event.target.closest("[data-pick]")) this.picking.begin(question);
    else if (event.target.closest("[data-neither]")) this.neither(question);
    else if (event.target.closest("[data-trouble-retry]")) this.answers.retry();
    else if (event.target.closest("[data-trouble-hold]")) this.hold();
  }

  typed(event) {
    const question = this.questionOf(event.target);
    if (!question) return;
    question.checkNow();
    this.live.soon();
  }

  async hold() {
    await this.reservation.extend();
    if (this.reservation.stands === "held") this.notes.hint("The case is yours for another while");
  }

  // Skipped, handed on or left: the time for which there is no answer goes along.
  ends(event) {
    if (this.isEarly) {
      event.preventDefault();
      this.keys.notYet();
      return;
    }
    if (this.questionOf(event.target) || !event.target.elements.token) return;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "active_ms", value: this.clock.take() });
    event.target.append(field);
  }

  // Neither of two versions: what is right is typed, or picked on the page.
  neither(question) {
    this.select(question, { focus: false });
    question.edit("");
    this.notes.say("Type the right value, or press Escape and w to pick it on the page.");
  }

  // A field that gets the focus becomes the current one; a candidate shows its place.
  pointed(event) {
    const question = this.questionOf(event.target);
    if (event.type === "focusin" && question && question !== this.current) {
      this.select(question, { focus: false });
    }
    const candidate = event.target.closest?.("[data-look]");
    if (candidate) this.pages.look(question.placeOf(candidate));
  }

  boxed(slot) {
    this.select(this.questions.find((one) => one.slot === slot.split("#", 1)[0]));
  }

  // The answer that the undo button takes back from now on.
  undoable(decision) {
    const form = this.querySelector("[data-undo]");
    if (!form || !decision) return;
    form.hidden = false;
    form.elements.undoes.value = decision;
  }

  countAnswered() {
    const count = this.questions.filter((one) => one.decided).length;
    this.querySelector("[data-answered]").textContent = count;
    const settled = this.questions.filter((one) => one.settled && !one.decided).length;
    this.querySelector("[data-agreeing]").textContent = settled
      ? `, ${settled} ${settled === 1 ? "agrees" : "agree"} now`
      : "";
  }

  // A heartbeat came back.
  beaten(meaning) {
    if (meaning.kind === "saved") this.next.renewed();
    if (meaning.kind !== "lost" && meaning.kind !== "login") return;
    this.notes.tell(meaning, this.answers.outbox.unsent);
  }
}

customElements.define("review-desk", ReviewDesk);
