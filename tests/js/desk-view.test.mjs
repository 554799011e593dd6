import assert from "node:assert/strict";
import { test } from "node:test";
import { openingView, viewInContext } from "../../static/js/desk-view.js";
import { firstView, isInView } from "../../static/js/geometry.js";

const FRAME = { width: 900, height: 700 };
const SHEET = { width: 900, height: 1270 };
const START = { scale: 1, x: 0, y: 0 };
const shows = (box, view, sheet = SHEET) => isInView(box, view, sheet, FRAME, 0);

test("a box far down comes into view", () => {
  const box = [0.6, 0.9, 0.75, 0.92];
  const view = viewInContext(box, START, SHEET, FRAME);
  assert.ok(!shows(box, START));
  assert.ok(shows(box, view));
  assert.equal(view.scale, 1);
});

test("a box that is in view and readable moves nothing", () => {
  assert.equal(viewInContext([0.3, 0.2, 0.4, 0.22], START, SHEET, FRAME), START);
});

test("small print is enlarged, never beyond three times", () => {
  assert.equal(viewInContext([0.1, 0.1, 0.2, 0.105], START, SHEET, FRAME).scale > 1.5, true);
  assert.equal(viewInContext([0.1, 0.1, 0.2, 0.1001], START, SHEET, FRAME).scale, 3);
});

test("a picture that somebody enlarged a little stays so", () => {
  const enlarged = { scale: 1.5, x: -200, y: -100 };
  assert.equal(viewInContext([0.3, 0.2, 0.4, 0.22], enlarged, SHEET, FRAME), enlarged);
});

test("a picture that somebody made small comes back to readable", () => {
  const small = { scale: 0.5, x: 0, y: 0 };
  assert.equal(viewInContext([0.3, 0.2, 0.4, 0.22], small, SHEET, FRAME).scale, 1);
});

test("a case opens at its field, and without one with the whole page", () => {
  const box = [0.1, 0.1, 0.2, 0.105];
  assert.deepEqual(openingView([], SHEET, FRAME), firstView(SHEET, FRAME));
  const view = openingView(box, SHEET, FRAME);
  assert.ok(shows(box, view));
  assert.ok(view.scale > 1.5);
});
