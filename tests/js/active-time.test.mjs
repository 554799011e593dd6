import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveTime } from "../../static/js/active-time.js";

function clock() {
  const time = { now: 0 };
  return { time, active: new ActiveTime(() => time.now) };
}

test("time runs while somebody works", () => {
  const { time, active } = clock();
  time.now = 4000;
  assert.equal(active.ms, 4000);
});

test("a hidden page costs nothing", () => {
  const { time, active } = clock();
  time.now = 2000;
  active.show(false);
  time.now = 90_000;
  active.show(true);
  time.now = 91_000;
  assert.equal(active.ms, 3000);
});

test("a long pause counts as a minute", () => {
  const { time, active } = clock();
  time.now = 600_000;
  active.touch();
  time.now = 601_000;
  assert.equal(active.ms, 61_000);
});

test("a new field begins at nothing", () => {
  const { time, active } = clock();
  time.now = 5000;
  active.reset();
  time.now = 6000;
  assert.equal(active.ms, 1000);
});
