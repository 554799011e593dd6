// Holds a case for the person who looks at it: extends it while the page is visible and
// somebody is there, warns before it ends, and puts it back when the page goes away.

const EVERY = 30_000; // milliseconds
const WARNED = 30_000; // before the end
// A page that nobody touches for so long may stand open on an empty chair.
const IDLE = 240_000;
const TOUCHES = ["keydown", "pointerdown", "wheel", "touchstart"];

export function csrfToken(cookies = document.cookie) {
  // From the cookie and not from the page: after a log-in in another tab it is a new one.
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(cookies)?.[1] ?? "";
}

// How a reservation stands: "held", "ends" (warn) or "over". Pure.
export function standing(until, now) {
  if (now >= until) return "over";
  return until - now <= WARNED ? "ends" : "held";
}

export function mayBeat({ hidden, touched, now }) {
  return !hidden && now - touched < IDLE;
}

export class Reservation {
  // told(meaning) hears what a beat came to; warned(standing, seconds) that it ends, or is
  // held again; keeps() whether answers wait here, for which the case must not go back;
  // spent() milliseconds at work for which there is no answer.
  constructor({ extendUrl, putBackUrl, token, seconds, told, warned, keeps, spent, meaningOf }) {
    Object.assign(this, { extendUrl, putBackUrl, token, told, warned, keeps, spent, meaningOf });
    this.length = seconds * 1000;
    this.touched = Date.now();
    this.stands = "held";
    this.renewed();
    this.life = new AbortController();
    const { signal } = this.life;
    this.beats = setInterval(() => this.beat(), EVERY);
    this.looks = setInterval(() => this.look(), 1000);
    for (const name of TOUCHES) {
      addEventListener(name, () => this.touch(), { signal, passive: true });
    }
    document.addEventListener("visibilitychange", () => this.beat(), { signal });
    addEventListener("pagehide", () => this.putBack(), { signal });
    addEventListener("pageshow", (event) => event.persisted && location.reload(), { signal });
  }

  body(more = {}) {
    return new URLSearchParams({ token: this.token, csrfmiddlewaretoken: csrfToken(), ...more });
  }

  // Another while has begun.
  renewed() {
    this.until = Date.now() + this.length;
    if (this.life) this.look();
  }

  touch() {
    const now = Date.now();
    const was = mayBeat({ hidden: false, touched: this.touched, now });
    this.touched = now;
    if (!was) this.extend();
  }

  beat() {
    const { touched } = this;
    if (mayBeat({ hidden: document.hidden, touched, now: Date.now() })) this.extend();
  }

  look() {
    const now = Date.now();
    const stands = standing(this.until, now);
    if (stands === this.stands) return;
    this.stands = stands;
    this.warned(stands, Math.max(Math.round((this.until - now) / 1000), 0));
  }

  async extend() {
    if (this.life.signal.aborted) return;
    try {
      const response = await fetch(this.extendUrl, {
        method: "POST",
        body: this.body(),
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      const meaning = await this.meaningOf(response);
      if (this.life.signal.aborted) return;
      if (meaning.kind === "saved") this.renewed();
      this.told(meaning);
    } catch {
      // The line is down: the next beat tries again, and the warning comes in time.
    }
  }

  putBack() {
    if (this.keeps()) return;
    navigator.sendBeacon(this.putBackUrl, this.body({ leaving: "1", active_ms: this.spent?.() ?? 0 }));
  }

  // The case is done or another page took it: nothing is held any more.
  end() {
    clearInterval(this.beats);
    clearInterval(this.looks);
    this.life.abort();
  }
}
