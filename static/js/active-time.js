// Time at work on one field: it stands still while the page is hidden or nobody does
// anything. Pure but for the clock that is given.

const IDLE_AFTER = 60_000; // milliseconds without a key, a click or a move

export class ActiveTime {
  constructor(now = () => performance.now()) {
    this.now = now;
    this.reset();
  }

  reset() {
    this.total = 0;
    this.last = this.now();
    this.hidden = false;
  }

  // Somebody did something.
  touch() {
    const now = this.now();
    if (!this.hidden) this.total += Math.min(now - this.last, IDLE_AFTER);
    this.last = now;
  }

  show(visible) {
    this.touch();
    this.hidden = !visible;
  }

  get ms() {
    this.touch();
    return Math.round(this.total);
  }
}
