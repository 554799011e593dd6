import assert from "node:assert/strict";
import { test } from "node:test";

import * as geometry from "../../static/js/geometry.js";

const FRAME = { width: 700, height: 800 };
const SHEET = { width: 700, height: 990 };
const LINE = [0.6, 0.8, 0.75, 0.815];

function inside(box, view, sheet, frame) {
  const seen = geometry.boxInFrame(box, view, sheet);
  return seen.left >= 0 && seen.top >= 0 && seen.right <= frame.width && seen.bottom <= frame.height;
}

test("the whole page is in the frame and in its middle", () => {
  const view = geometry.fitPage(SHEET, FRAME);
  assert.ok(SHEET.height * view.scale <= FRAME.height);
  assert.equal(view.x, (FRAME.width - SHEET.width * view.scale) / 2);
});

test("a strip of a receipt opens as wide as the frame, from its top", () => {
  const strip = { width: 700, height: 4000 };
  assert.deepEqual(geometry.firstView(strip, FRAME), { scale: 1, x: 0, y: 0 });
});

test("a focused line is in view and readable", () => {
  const view = geometry.viewForBox(LINE, geometry.fitPage(SHEET, FRAME), SHEET, FRAME);
  const seen = geometry.boxInFrame(LINE, view, SHEET);
  assert.ok(inside(LINE, view, SHEET, FRAME));
  assert.ok(seen.bottom - seen.top >= 25.9);
});

test("every box of a grid comes into view, on a phone too", () => {
  for (const frame of [FRAME, { width: 358, height: 480 }]) {
    const sheet = { width: frame.width, height: frame.width * 1.414 };
    for (let left = 0; left < 1; left += 0.1) {
      for (let top = 0; top < 1; top += 0.1) {
        const box = [left, top, Math.min(left + 0.25, 1), Math.min(top + 0.02, 1)];
        const view = geometry.viewForBox(box, geometry.fitPage(sheet, frame), sheet, frame);
        assert.ok(inside(box, view, sheet, frame), `${box} at ${frame.width}`);
      }
    }
  }
});

test("a box as large as the page still fits", () => {
  const view = geometry.viewForBox([0, 0, 1, 1], geometry.fitWidth(SHEET, FRAME), SHEET, FRAME);
  assert.ok(inside([0, 0, 1, 1], view, SHEET, FRAME));
});

test("a view in which the box can be read already stays", () => {
  const view = geometry.viewForBox(LINE, geometry.fitPage(SHEET, FRAME), SHEET, FRAME);
  assert.equal(geometry.viewForBox(LINE, view, SHEET, FRAME), view);
});

test("an empty box gives a finite view", () => {
  const view = geometry.viewForBox([0.5, 0.5, 0.5, 0.5], geometry.fitPage(SHEET, FRAME), SHEET, FRAME);
  assert.ok(Number.isFinite(view.scale) && Number.isFinite(view.x) && Number.isFinite(view.y));
});

test("zooming keeps the spot under the pointer", () => {
  const view = { scale: 2, x: -300, y: -400 };
  const point = { x: 350, y: 400 };
  const after = geometry.zoomAt(view, 1.5, point, SHEET, FRAME);
  const spot = (one) => [(point.x - one.x) / one.scale, (point.y - one.y) / one.scale];
  spot(view).forEach((value, axis) => assert.ok(Math.abs(value - spot(after)[axis]) < 1e-9));
});

test("zoom stops at both ends", () => {
  const far = geometry.zoomAt({ scale: 1, x: 0, y: 0 }, 1e6, { x: 0, y: 0 }, SHEET, FRAME);
  const near = geometry.zoomAt({ scale: 1, x: 0, y: 0 }, 1e-6, { x: 0, y: 0 }, SHEET, FRAME);
  assert.equal(far.scale, geometry.MAX_SCALE);
  assert.equal(near.scale, geometry.MIN_SCALE);
});

test("the page cannot be pushed out of the frame", () => {
  const view = geometry.panBy({ scale: 2, x: 0, y: 0 }, 1e5, -1e5, SHEET, FRAME);
  assert.equal(view.x, 0);
  assert.equal(view.y, FRAME.height - SHEET.height * 2);
});

test("two fingers apart zoom in about the middle between them", () => {
  const before = [{ x: 300, y: 400 }, { x: 400, y: 400 }];
  const after = [{ x: 250, y: 400 }, { x: 450, y: 400 }];
  const view = geometry.pinch({ scale: 2, x: -300, y: -400 }, before, after, SHEET, FRAME);
  assert.equal(view.scale, 4);
  assert.ok(Math.abs((350 - view.x) / 4 - (350 + 300) / 2) < 1e-9);
});

test("fingers on one spot do not divide by nothing", () => {
  const spot = [{ x: 10, y: 10 }, { x: 10, y: 10 }];
  const view = geometry.pinch({ scale: 1, x: 0, y: 0 }, spot, spot, SHEET, FRAME);
  assert.ok(Number.isFinite(view.scale));
});

test("zooming without a pointer goes to the box that one sees, else to the middle", () => {
  const view = geometry.fitPage(SHEET, FRAME);
  const point = geometry.zoomPoint(LINE, view, SHEET, FRAME);
  const closer = geometry.zoomAt(view, 2, point, SHEET, FRAME);
  assert.ok(inside(LINE, closer, SHEET, FRAME));
  const middle = { x: FRAME.width / 2, y: FRAME.height / 2 };
  assert.deepEqual(geometry.zoomPoint(null, view, SHEET, FRAME), middle);
  const top = geometry.zoomAt(view, 8, { x: 0, y: 0 }, SHEET, FRAME);
  assert.deepEqual(geometry.zoomPoint(LINE, top, SHEET, FRAME), middle);
});
