// What the desk tells: the quiet line about saving, words for screen readers, and the
// trouble box with the ways out of it.

export class DeskNotes {
  constructor(desk) {
    this.desk = desk;
    this.saved = desk.querySelector("[data-saved]");
    this.says = desk.querySelector("[data-says]");
    this.box = desk.querySelector("[data-trouble]");
  }

  say(text) {
    this.says.textContent = text;
  }

  state(text, look = "") {
    this.saved.textContent = text;
    this.saved.dataset.look = look;
  }

  // For the eye and for screen readers.
  hint(text) {
    this.state(text);
    this.say(text);
  }

  part(name) {
    return this.box.querySelector(`[data-trouble-${name}]`);
  }

  trouble(text, { login = false, retry = false, again = false, next = false, hold = false } = {}) {
    this.box.hidden = false;
    this.part("text").textContent = text;
    for (const [name, shown] of Object.entries({ login, retry, again, next, hold })) {
      this.part(name).hidden = !shown;
    }
    if (next) this.part("next").querySelector("button").focus();
  }

  clear() {
    this.box.hidden = true;
  }

  // The reservation ends soon, is over, or is held again.
  ending(stands, seconds) {
    if (stands === "held") {
      if (this.warned) this.clear();
      this.warned = false;
      return;
    }
    if (!this.box.hidden && !this.warned) return; // there is worse to tell
    this.warned = true;
    this.trouble(
      stands === "ends"
        ? `Your time on this case ends in ${seconds} seconds. Press h to hold it.`
        : "Your time on this case is over: somebody else may get it now. Press h to hold it again.",
      { hold: true },
    );
  }

  // What became of an answer that was not stored.
  tell(meaning, unsent) {
    const waiting = `${unsent} answer${unsent === 1 ? "" : "s"}`;
    if (meaning.kind === "offline") {
      this.state(`Not saved yet: ${waiting} waiting on this machine, trying again`, "wrong");
      this.say("Not saved yet. Trying again.");
    } else if (meaning.kind === "login") {
      this.state(`Not saved yet: ${waiting} waiting`, "wrong");
      this.trouble(
        `Your log-in has ended. ${unsent ? `${waiting} wait on this machine: ` : ""}` +
          "log in in a new tab, then come back here and send again.",
        { login: true, retry: true },
      );
    } else if (meaning.kind === "lost") {
      const kept = meaning.answer ? ` Your answer was not stored (${meaning.answer}).` : "";
      this.state("");
      this.trouble(`${meaning.error}${kept}`, { again: meaning.again, next: true });
    }
  }
}
