// The verify rules, asked while somebody types and after each answer: what the value at
// hand agrees with or contradicts, and which other fields need no answer any more. The
// rules run on the server; without it nothing is said, and everything is asked as before.
import { csrfToken } from "./reservation.js";

const PAUSE = 150; // milliseconds without a key before the server is asked

export class LiveChecks {
  constructor(desk, signal) {
    this.desk = desk;
    signal.addEventListener("abort", () => this.stop());
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  // Asks when the typing pauses; an older question is dropped.
  soon() {
    this.stop();
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  // What is typed, and answers that the server does not have yet.
  get typed() {
    const { questions, current } = this.desk;
    const said = questions
      .filter((one) => one.onItsWay !== undefined)
      .map((one) => [one.slot, one.onItsWay]);
    said.push(...(this.desk.lines?.onTheirWay ?? []).map((one) => [one.slot, one.onItsWay]));
    const text = current?.input.value.trim();
    if (text && document.activeElement === current.input) said.push([current.slot, text]);
    return said;
  }

  async ask() {
    const { desk } = this;
    if (!desk.dataset.check) return;
    this.asking = new AbortController();
    const body = new URLSearchParams({ token: desk.dataset.token, csrfmiddlewaretoken: csrfToken() });
    for (const [slot, value] of this.typed) {
      body.append("slot", slot);
      body.append("value", value);
    }
    try {
      const { signal } = this.asking;
      const response = await fetch(desk.dataset.check, { method: "POST", body, signal });
      if (response.ok) this.show(await response.json());
    } catch {
      // Another question took its place, or the line is down: the answer is asked for anyway.
    }
  }

  show({ says, agree }) {
    const { desk } = this;
    for (const one of desk.questions) {
      one.showRules(says[one.slot] ?? [], one.slot in agree);
    }
    const [first] = says[desk.current?.slot] ?? [];
    if (!first || first.agrees === null || !desk.current.typing) return;
    const others = Object.keys(agree).length;
    const more = others ? ` ${others} other field${others === 1 ? "" : "s"} would agree.` : "";
    desk.notes.say(first.text + more);
  }

  // settled: the sentence by slot, of all that checks have settled in this case.
  settle(settled) {
    const { desk } = this;
    const before = desk.questions.filter((one) => one.settled);
    for (const one of desk.questions) one.showSettled(settled[one.slot] ?? "");
    const now = desk.questions.filter((one) => one.settled && !before.includes(one));
    desk.countAnswered();
    if (!now.length) return;
    const names = now.map((one) => one.name).join(", ");
    if (now.includes(desk.current) && !desk.current.typing) {
      desk.select(desk.nextOpen(desk.current));
    }
    const next = desk.current && !desk.current.answered ? ` ${desk.current.name} is next.` : "";
    desk.notes.say(`${names} ${now.length === 1 ? "agrees" : "agree"} now and need no answer.${next}`);
  }
}
