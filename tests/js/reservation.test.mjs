import assert from "node:assert/strict";
import { test } from "node:test";
import { csrfToken, mayBeat, standing } from "../../static/js/reservation.js";

test("a reservation warns half a minute before it ends", () => {
  const until = 120_000;
  assert.equal(standing(until, 0), "held");
  assert.equal(standing(until, 89_999), "held");
  assert.equal(standing(until, 90_000), "ends");
  assert.equal(standing(until, 119_999), "ends");
  assert.equal(standing(until, 120_000), "over");
});

test("the heart beats on a visible page that somebody touched lately", () => {
  assert.equal(mayBeat({ hidden: false, touched: 0, now: 239_000 }), true);
  assert.equal(mayBeat({ hidden: false, touched: 0, now: 240_000 }), false);
  assert.equal(mayBeat({ hidden: true, touched: 0, now: 1 }), false);
});

test("the token of a form comes from the cookie", () => {
  assert.equal(csrfToken("a=b; csrftoken=xyz; c=d"), "xyz");
  assert.equal(csrfToken("a=b"), "");
});
