import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveTime, keepTime } from "../../static/js/active-time.js";

function clock() {
  const time = { now: 0 };
  return { time, active: new ActiveTime(() => time.now) };
}

test("time runs while somebody works", () => {
  const { time, active } = clock();
  time.now = 4000;
  assert.equal(active.ms, 4000);
});

test("a page that is not looked at costs nothing", () => {
  const { time, active } = clock();
  time.now = 2000;
  active.show(false);
  time.now = 90_000;
  active.show(true);
  time.now = 91_000;
  assert.equal(active.ms, 3000);
});

test("reading for half a minute is work, a longer pause is not", () => {
  const { time, active } = clock();
  time.now = 30_000;
  active.touch();
  assert.equal(active.ms, 30_000);
  time.now = 630_000;
  active.touch();
  time.now = 631_000;
  assert.equal(active.ms, 33_000);
});

test("each field has its own time, also when one comes back to it", () => {
  const { time, active } = clock();
  active.turnTo("total");
  time.now = 5000;
  active.turnTo("date");
  time.now = 7000;
  active.turnTo("total");
  time.now = 8000;
  assert.equal(active.take("total"), 6000);
  assert.equal(active.of("date"), 2000);
  time.now = 9000;
  assert.equal(active.take(), 3000);
  assert.equal(active.ms, 0);
});

test("what an answer took that was refused comes back", () => {
  const { time, active } = clock();
  active.turnTo("total");
  time.now = 5000;
  active.give("total", active.take("total"));
  time.now = 6000;
  assert.equal(active.take("total"), 6000);
});

// A window with a document, as far as a clock listens to them.
class FakeWindow extends EventTarget {
  constructor() {
    super();
    this.page = new EventTarget();
    Object.assign(this.page, { hidden: false, hasFocus: () => this.focused });
    this.focused = true;
  }

  focus(on) {
    this.focused = on;
    this.dispatchEvent(new Event(on ? "focus" : "blur"));
  }

  hide(on) {
    this.page.hidden = on;
    this.page.dispatchEvent(new Event("visibilitychange"));
  }

  press() {
    this.page.dispatchEvent(new Event("keydown"));
  }
}

// A long day of one person at two windows, with the truth counted by the script: work with
// touches at 0.5 to 8 s, reading of up to 25 s, absences of 1 to 30 min right after a
// touch, other tabs, and turns between the windows on two screens.
test("within 5 % of a scripted truth of idle time, other tabs and two windows", () => {
  let seed = 20261126;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const time = { now: 0 };
  const views = [new FakeWindow(), new FakeWindow()];
  const life = new AbortController();
  const clocks = views.map((view) => {
    const active = new ActiveTime(() => time.now);
    keepTime(active, life.signal, { page: view.page, view });
    return active;
  });
  let at = 0;
  views[1].focus(false);
  let truth = 0;
  const work = (ms) => {
    time.now += ms;
    truth += ms;
    views[at].press();
  };
  for (let step = 0; step < 2000; step += 1) {
    const kind = random();
    if (kind < 0.9) work(500 + random() * 7500);
    else if (kind < 0.94) work(8000 + random() * 17_000);
    else if (kind < 0.96) {
      time.now += 60_000 + random() * 1_740_000; // away from the desk
      views[at].press();
    } else if (kind < 0.98) {
      views[at].hide(true);
      time.now += 5000 + random() * 300_000;
      views[at].hide(false);
    } else {
      views[at].focus(false);
      at = 1 - at;
      views[at].focus(true);
    }
  }
  const counted = clocks[0].ms + clocks[1].ms;
  life.abort();
  assert.ok(Math.abs(counted - truth) / truth < 0.05, `${counted} of ${truth}`);
});
