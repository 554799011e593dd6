// Answers of the desk: shown at once, sent in order, taken back where they are refused.
import { goOn } from "./desk-next.js";
import { Outbox } from "./outbox.js";
import { csrfToken } from "./reservation.js";

export class DeskAnswers {
  constructor(desk, signal) {
    this.desk = desk;
    this.outbox = new Outbox({
      send: (answer) => this.post(answer),
      told: (meaning, answer) => this.told(meaning, answer),
    });
    desk.addEventListener("submit", (event) => this.submitted(event), { signal });
    addEventListener("beforeunload", (event) => this.leaving(event), { signal });
  }

  // Asks before answers that may still be saved are left behind.
  leaving(event) {
    if (this.outbox.unsent && !this.lost) event.preventDefault();
  }

  submitted(event) {
    const { desk } = this;
    const question = desk.questionOf(event.target);
    if (!question) return;
    event.preventDefault();
    const answer = question.answer(event.target, event.submitter, desk.clock.ms);
    const typed = answer.body.get("choice") === "correct";
    if (typed && !answer.value.trim()) {
      question.say("Type the value first.", true);
      return;
    }
    // What the server may refuse is waited for; anything else goes on at once.
    answer.waits = typed && !question.checkNow();
    desk.picking.end({ keep: true });
    question.showSending(answer);
    desk.notes.state("Saving…");
    this.outbox.add(answer);
    if (!answer.waits) this.moveOn(question);
  }

  moveOn(question) {
    const { desk } = this;
    const next = desk.nextOpen(question);
    const number = desk.questions.indexOf(next) + 1;
    const done = `${question.name} ${question.verdict}.`;
    desk.notes.say(next ? `${done} ${next.name}: ${number} of ${desk.questions.length}.` : done);
    desk.select(next);
  }

  post({ body }) {
    body.set("csrfmiddlewaretoken", csrfToken());
    return fetch(this.desk.dataset.decide, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
  }

  told(meaning, answer) {
    if (meaning.kind === "saved") this.stored(meaning, answer);
    else if (meaning.kind === "refused") this.refused(meaning, answer);
    else this.unsaved(meaning, answer);
  }

  unsaved(meaning, { question, value }) {
    this.lost = meaning.kind === "lost";
    if (this.lost) question.showLost();
    const answer = `${question.name}: ${value || question.verdict}`;
    this.desk.notes.tell({ ...meaning, answer }, this.outbox.unsent);
  }

  refused({ error }, { question }) {
    const { desk } = this;
    question.showRefused(error);
    desk.select(question);
    question.input.focus();
    desk.notes.state("Not saved: see the field", "wrong");
    desk.notes.say(`${question.name}: ${error}`);
  }

  stored(meaning, answer) {
    const { desk } = this;
    answer.question.showSaved(meaning);
    desk.notes.clear();
    desk.notes.state(this.outbox.unsent ? "Saving…" : "Saved", "good");
    desk.countAnswered();
    if (meaning.done) goOn(desk, meaning.following, meaning.says);
    else if (answer.waits) this.moveOn(answer.question);
  }

  retry() {
    this.desk.notes.clear();
    this.outbox.resume();
  }
}
