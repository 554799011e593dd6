import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Remembered,
  nextContrast,
  paperView,
  turnCss,
  turnedBox,
  turnedSize,
} from "../../static/js/picture-look.js";

const BOX = [0.1, 0.2, 0.3, 0.25];
const near = (found, wanted) =>
  found.forEach((edge, index) => assert.ok(Math.abs(edge - wanted[index]) < 1e-9, `${found}`));

test("a box turns with its page: top left goes to top right", () => {
  near(turnedBox(BOX, 1), [0.75, 0.1, 0.8, 0.3]);
  near(turnedBox(BOX, 2), [0.7, 0.75, 0.9, 0.8]);
  near(turnedBox(BOX, 3), [0.2, 0.7, 0.25, 0.9]);
});

test("four quarter turns are none", () => {
  let box = BOX;
  for (let turn = 0; turn < 4; turn += 1) box = turnedBox(box, 1);
  near(box, BOX);
  near(turnedBox(turnedBox(BOX, 3), 1), BOX);
});

test("the CSS puts each corner where the maths says", () => {
  const size = { width: 200, height: 300 };
  for (const turns of [0, 1, 2, 3]) {
    const [x = 0, y = 0] = turnCss(size, turns).match(/-?\d+(?=px)/g)?.map(Number) ?? [];
    const angle = (turns * Math.PI) / 2;
    const lies = turnedSize(size, turns);
    for (const [px, py] of [[0, 0], [1, 0], [0.3, 0.6]]) {
      const at = [px * size.width, py * size.height];
      const found = [
        x + at[0] * Math.cos(angle) - at[1] * Math.sin(angle),
        y + at[0] * Math.sin(angle) + at[1] * Math.cos(angle),
      ];
      const [left, top] = turnedBox([px, py, px, py], turns);
      near(found, [left * lies.width, top * lies.height]);
    }
  }
});

test("contrast goes round", () => {
  assert.equal(nextContrast("usual"), "strong");
  assert.equal(nextContrast("strong"), "inverted");
  assert.equal(nextContrast("inverted"), "usual");
});

test("each person has their own, and a shut storage is no error", () => {
  const kept = new Map();
  const storage = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v) };
  new Remembered("7", storage).set("contrast", "strong");
  assert.equal(new Remembered("7", storage).get("contrast"), "strong");
  assert.equal(new Remembered("8", storage).get("contrast"), null);
  const shut = { getItem() { throw new Error("shut"); }, setItem() { throw new Error("shut"); } };
  const remembered = new Remembered("7", shut);
  remembered.set("contrast", "strong");
  assert.equal(remembered.get("contrast"), null);
});

test("what a turned sheet shows is known on the paper", () => {
  const paper = { width: 700, height: 1000 };
  const frameSize = { width: 700, height: 500 };
  const shown = (turns, view, sheetSize) => paperView({ view, sheetSize, frameSize, turns }, paper);
  const straight = shown(0, { scale: 2, x: -100, y: -300 }, paper);
  assert.deepEqual(straight.view, { scale: 2, x: -100, y: -300 });
  assert.deepEqual(
    Object.values(straight.frame).map(Math.round),
    [700, 500],
  );
  // A quarter clockwise: the frame's left edge is the paper's bottom.
  const turned = shown(1, { scale: 2, x: 0, y: 0 }, { width: 1000, height: 700 });
  assert.deepEqual([Math.round(turned.frame.width), Math.round(turned.frame.height)], [500, 700]);
  assert.equal(Math.round(turned.view.y), -1300);
  assert.equal(Math.round(turned.view.x), 0);
});
