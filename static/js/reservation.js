// Holds a case for the person who looks at it: extends it while the page is visible, and
// puts it back at once when the page goes away.

const EVERY = 30_000; // milliseconds; a reservation lasts 120 seconds

export function csrfToken(cookies = document.cookie) {
  // From the cookie and not from the page: after a log-in in another tab it is a new one.
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(cookies)?.[1] ?? "";
}

export class Reservation {
  // lost(meaning) hears that the case is somebody else's; ended() that the log-in is over.
  constructor({ extendUrl, putBackUrl, token, told, meaningOf }) {
    Object.assign(this, { extendUrl, putBackUrl, token, told, meaningOf });
    this.life = new AbortController();
    const { signal } = this.life;
    this.timer = setInterval(() => this.extend(), EVERY);
    document.addEventListener("visibilitychange", () => this.extend(), { signal });
    addEventListener("pagehide", () => this.putBack(), { signal });
    addEventListener("pageshow", (event) => event.persisted && location.reload(), { signal });
  }

  body(more = {}) {
    return new URLSearchParams({ token: this.token, csrfmiddlewaretoken: csrfToken(), ...more });
  }

  async extend() {
    if (document.hidden || this.life.signal.aborted) return;
    try {
      const response = await fetch(this.extendUrl, {
        method: "POST",
        body: this.body(),
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      const meaning = await this.meaningOf(response);
      if (!this.life.signal.aborted) this.told(meaning);
    } catch {
      // The line is down: the next beat tries again, and an answer says so at once.
    }
  }

  putBack() {
    navigator.sendBeacon(this.putBackUrl, this.body({ leaving: "1" }));
  }

  // The case is done or another page took it: nothing is held any more.
  end() {
    clearInterval(this.timer);
    this.life.abort();
  }
}
