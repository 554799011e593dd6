// <waiting-answers data-user>: on every page, sends what an earlier page could not, and
// says how it stands. A desk takes the answers of its own case itself.
import { AnswerStore } from "./answer-store.js";
import { Outbox } from "./outbox.js";
import { csrfToken } from "./reservation.js";

const many = (count) => `${count} answer${count === 1 ? "" : "s"}`;

class WaitingAnswers extends HTMLElement {
  connectedCallback() {
    this.store = new AnswerStore(this.dataset.user);
    this.done = { saved: 0, beside: 0, refused: 0 };
    this.box = new Outbox({
      send: (answer) => this.send(answer),
      told: (meaning, answer) => this.told(meaning, answer),
    });
    addEventListener("online", () => this.box.resume());
    this.begin();
  }

  disconnectedCallback() {
    this.box.close();
  }

  async begin() {
    const shown = document.querySelector("review-desk")?.dataset.task;
    for (const answer of await this.store.waiting()) {
      if (answer.task !== shown) this.box.add(answer);
    }
  }

  send({ url, body }) {
    const form = new URLSearchParams(body);
    form.set("csrfmiddlewaretoken", csrfToken());
    // Nobody waits here for the next case: another page may show one.
    form.set("alone", "1");
    return fetch(url, {
      method: "POST",
      body: form,
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
  }

  async told(meaning, answer) {
    const ended = { saved: "saved", beside: "beside", refused: "refused", lost: "refused" };
    if (meaning.kind in ended) {
      this.done[ended[meaning.kind]] += 1;
      await this.store.forget(answer.id);
      if (meaning.kind === "lost") this.box.drop();
    }
    this.say(meaning.kind);
  }

  say(kind) {
    const { saved, beside, refused } = this.done;
    const parts = [];
    if (this.box.unsent) {
      const why = kind === "login" ? "log in, and they go on" : "they go when the line is back";
      parts.push(`${many(this.box.unsent)} waiting on this machine: ${why}.`);
    }
    if (saved) parts.push(`${many(saved)} from before saved.`);
    if (beside) parts.push(`${many(beside)} kept as second opinion.`);
    if (refused) parts.push(`${many(refused)} not taken: look at the case again.`);
    this.textContent = parts.join(" ");
    this.hidden = !parts.length;
  }
}

customElements.define("waiting-answers", WaitingAnswers);
