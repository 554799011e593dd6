import assert from "node:assert/strict";
import { test } from "node:test";

import { isCoarse, levelFor, tilesIn } from "../../static/js/tile-grid.js";

const LEVELS = [
  [14000, 20000],
  [7000, 10000],
  [3500, 5000],
];
const GRID = { levels: LEVELS, tile: 512 };
const SHEET = { width: 700, height: 1000 };
const FRAME = { width: 700, height: 800 };

test("the page picture is enough until it would be enlarged", () => {
  assert.equal(isCoarse(1240, 700), false);
  assert.equal(isCoarse(1240, 1300), false);
  assert.equal(isCoarse(1240, 1400), true);
});

test("the level has a pixel for each of the screen's, and no more than it must", () => {
  assert.equal(levelFor(LEVELS, 1400), 2);
  assert.equal(levelFor(LEVELS, 3500), 2);
  assert.equal(levelFor(LEVELS, 3501), 1);
  assert.equal(levelFor(LEVELS, 11200), 0);
  assert.equal(levelFor(LEVELS, 99999), 0);
});

test("only tiles that the frame shows are asked for", () => {
  const view = { scale: 10, x: -3000, y: -4000 };
  const found = tilesIn(GRID, 1, view, SHEET, FRAME);
  // The frame shows 700 x 800 pixels of this level, from 3000, 4000 on.
  assert.deepEqual([found[0].x, found[0].y], [5, 7]);
  assert.deepEqual([found.at(-1).x, found.at(-1).y], [7, 9]);
  assert.equal(found.length, 9);
  assert.ok(Math.abs(found[0].left - 2560 / 7000) < 1e-9);
  assert.ok(Math.abs(found[0].height - 512 / 10000) < 1e-9);
});

test("at the page's end tiles are narrower, and none lies beyond", () => {
  const view = { scale: 10, x: -6300, y: -9200 };
  const found = tilesIn(GRID, 1, view, SHEET, FRAME);
  const last = found.at(-1);
  assert.deepEqual([last.x, last.y], [13, 19]);
  assert.ok(Math.abs(last.left + last.width - 1) < 1e-9);
  assert.ok(Math.abs(last.top + last.height - 1) < 1e-9);
});

test("a page in the middle of a wide frame is covered from edge to edge", () => {
  const view = { scale: 1, x: 100, y: 0 };
  const found = tilesIn(GRID, 2, view, SHEET, { width: 900, height: 1000 });
  assert.equal(found.length, 7 * 10);
  assert.equal(found[0].left, 0);
});
