// Answers of the desk: shown at once, sent in order, taken back where they are refused.
import { AnswerStore } from "./answer-store.js";
import { Outbox } from "./outbox.js";
import { csrfToken } from "./reservation.js";

export class DeskAnswers {
  constructor(desk, signal) {
    this.desk = desk;
    this.store = new AnswerStore(desk.dataset.user);
    this.outbox = new Outbox({
      store: this.store,
      send: (answer) => this.post(answer),
      told: (meaning, answer) => this.told(meaning, answer),
    });
    desk.addEventListener("submit", (event) => this.submitted(event), { signal });
    addEventListener("beforeunload", (event) => this.leaving(event), { signal });
    addEventListener("online", () => this.outbox.resume(), { signal });
  }

  // Asks before answers are left behind that only this page has.
  leaving(event) {
    if (this.outbox.unsent && !this.lost && !this.onDisk) event.preventDefault();
  }

  // What an earlier page of this case could not send goes first, under the hold that this
  // page has now; the server knows each by its number.
  async takeUp() {
    const { task, token } = this.desk.dataset;
    const waiting = await this.store.waiting();
    for (const one of waiting.filter((answer) => answer.task === task)) {
      const question = this.asked(one.slot);
      const body = new URLSearchParams(one.body);
      body.set("token", token);
      const { id, url, slot, words, value } = one;
      const answer = { question, id, url, task, slot, words, value, body };
      question?.showSending(answer);
      this.outbox.add(answer);
    }
    if (!waiting.length) return;
    this.desk.notes.state("Sending what was not saved before…");
    const { current } = this.desk;
    if (current?.answered) this.desk.select(this.desk.nextOpen(current));
  }

  // The field of a slot, or the cell of a line item.
  asked(slot) {
    const { questions, lines } = this.desk;
    return questions.find((one) => one.slot === slot) ?? lines?.cell(slot) ?? undefined;
  }

  submitted(event) {
    const { desk } = this;
    const question = desk.questionOf(event.target);
    if ("undo" in event.target.dataset && this.outbox.unsent) {
      event.preventDefault();
      desk.notes.hint("Not yet: the last answer is still on its way");
      return;
    }
    if (!question) return;
    event.preventDefault();
    const answer = question.answer(event.target, event.submitter, 0);
    const typed = answer.body.get("choice") === "correct";
    if (typed && !answer.value.trim()) {
      question.say("Type the value first.", true);
      return;
    }
    // With the last one goes what was spent on looking around.
    const more = desk.nextOpen(question);
    answer.body.set("active_ms", more ? desk.clock.take(question.slot) : desk.clock.take());
    // What the server may refuse is waited for; anything else goes on at once.
    answer.waits = typed && !question.checkNow();
    desk.picking.end({ keep: true });
    question.showSending(answer);
    desk.notes.state("Saving…");
    this.send(answer);
    if (!answer.waits) this.moveOn(question);
  }

  send(answer) {
    const { task, decide } = this.desk.dataset;
    Object.assign(answer, { id: answer.body.get("decision_id"), url: decide, task });
    answer.slot = answer.question.slot;
    this.outbox.add(answer);
    this.outbox.kept(answer).then((kept) => (this.onDisk = kept));
  }

  moveOn(question) {
    const { desk } = this;
    const next = desk.nextOpen(question);
    const number = desk.questions.indexOf(next) + 1;
    const done = `${question.name} ${question.verdict}.`;
    desk.notes.say(next ? `${done} ${next.name}: ${number} of ${desk.questions.length}.` : done);
    if (next) desk.select(next);
    else if (!this.outbox.stuck) desk.next.show();
  }

  post({ url, body }) {
    const form = new URLSearchParams(body);
    form.set("csrfmiddlewaretoken", csrfToken());
    if (this.desk.next.stamp) form.set("drawn", this.desk.next.stamp);
    return fetch(url, {
      method: "POST",
      body: form,
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
  }

  told(meaning, answer) {
    const stays = meaning.kind !== "saved" || (!meaning.done && !this.outbox.unsent);
    if (stays) this.desk.next.takeBack();
    if (meaning.kind === "saved") this.stored(meaning, answer);
    else if (meaning.kind === "refused") this.refused(meaning, answer);
    else if (meaning.kind === "beside") this.beside(meaning, answer);
    else this.unsaved(meaning, answer);
  }

  unsaved(meaning, { question, slot, value, words }) {
    this.lost = meaning.kind === "lost";
    if (this.lost) question?.showLost("not stored");
    const answer = `${question?.name ?? slot}: ${value || words}`;
    this.desk.notes.tell({ ...meaning, answer }, this.outbox.unsent);
  }

  // Too late to count: it is on record as a second opinion.
  beside(meaning, { question, slot }) {
    question?.showLost("second opinion");
    const name = question?.name ?? slot;
    const error = `${meaning.error} Your answer for ${name} is kept as a second opinion.`;
    this.desk.notes.tell({ ...meaning, kind: "lost", error }, this.outbox.unsent);
  }

  refused({ error }, { question, body }) {
    const { desk } = this;
    if (question) desk.clock.give(question.slot, Number(body.get("active_ms")));
    if (!question) {
      desk.notes.state(error, "wrong");
      return;
    }
    question.showRefused(error);
    if (question.bring) question.bring();
    else desk.select(question);
    question.input.focus();
    desk.notes.state("Not saved: see the field", "wrong");
    desk.notes.say(`${question.name}: ${error}`);
  }

  stored(meaning, answer) {
    const { desk } = this;
    // A cell of a line item may be a question of its own, too.
    const { questions, lines } = desk;
    const shown = [questions.find((one) => one.slot === answer.slot), lines?.cell(answer.slot)];
    for (const one of new Set([answer.question, ...shown])) one?.showSaved(meaning);
    desk.reservation.renewed();
    desk.notes.clear();
    desk.notes.state(this.outbox.unsent ? "Saving…" : "Saved", "good");
    desk.countAnswered();
    desk.undoable(meaning.decision_id);
    desk.live.settle(meaning.settled ?? {});
    if (meaning.done) this.ended(meaning);
    else if (answer.waits) this.moveOn(answer.question);
    else desk.live.soon();
    desk.lines?.sum();
  }

  // The case is done, but nothing that somebody is at is torn away: an answer on its way,
  // or a value half typed into a field that a check has just settled.
  ended(meaning) {
    const { desk } = this;
    this.over = meaning;
    if (this.outbox.unsent) return;
    if (!desk.current?.typing) {
      desk.next.goOn(meaning);
      return;
    }
    desk.reservation.end();
    desk.notes.hint("The rest agrees now. Enter saves what you type, Escape goes on.");
  }

  // Leaves what is typed; true where the case was done already.
  leave() {
    if (!this.over) return false;
    this.desk.next.goOn(this.over);
    return true;
  }

  retry() {
    this.desk.notes.clear();
    this.outbox.resume();
  }
}
