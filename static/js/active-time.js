// Time at work: it stands still while the page is hidden, another window has the keyboard,
// or nobody does anything. Pure but for the clock that is given, and keepTime().

// Longer without a key, a click or a move is no work but for the last look.
const IDLE_AFTER = 30_000; // milliseconds
const LAST_LOOK = 2_000;

const TOUCHES = ["pointermove", "pointerdown", "keydown", "input", "wheel", "touchstart", "scroll"];

export class ActiveTime {
  constructor(now = () => performance.now()) {
    this.now = now;
    this.totals = new Map(); // by what the time was spent on
    this.on = "";
    this.last = this.now();
    this.away = false;
  }

  // Somebody did something.
  touch() {
    const now = this.now();
    const gap = now - this.last;
    this.last = now;
    if (this.away) return;
    const spent = gap > IDLE_AFTER ? LAST_LOOK : gap;
    this.totals.set(this.on, (this.totals.get(this.on) ?? 0) + spent);
  }

  // here: whether the page is what the person looks at and types into.
  show(here) {
    this.touch();
    this.away = !here;
  }

  // From now on the time is spent on something else; what was spent on each is kept.
  turnTo(what) {
    this.touch();
    this.on = what;
  }

  // All that nobody has taken yet.
  get ms() {
    this.touch();
    return Math.round([...this.totals.values()].reduce((sum, ms) => sum + ms, 0));
  }

  // Takes what was spent on one thing, or on everything.
  take(what) {
    const ms = what === undefined ? this.ms : this.of(what);
    if (what === undefined) this.totals.clear();
    else this.totals.delete(what);
    return ms;
  }

  // Back to what it was spent on: the answer that took it was refused.
  give(what, ms) {
    this.totals.set(what, (this.totals.get(what) ?? 0) + ms);
  }

  of(what) {
    this.touch();
    return Math.round(this.totals.get(what) ?? 0);
  }
}

// Keeps a clock by what happens in this window. Of two windows side by side only the one
// that has the keyboard counts.
export function keepTime(clock, signal, { page = document, view = window } = {}) {
  const look = () => clock.show(!page.hidden && page.hasFocus());
  page.addEventListener("visibilitychange", look, { signal });
  view.addEventListener("focus", look, { signal });
  view.addEventListener("blur", look, { signal });
  for (const name of TOUCHES) {
    page.addEventListener(name, () => clock.touch(), { signal, passive: true, capture: true });
  }
  look();
}
