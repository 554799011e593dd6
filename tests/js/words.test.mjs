import assert from "node:assert/strict";
import { test } from "node:test";
import { boxOf, nearest, outlines, range, regionOf, step, textOf, wordAt } from "../../static/js/words.js";

// Two lines: "Total due" and "EUR 21.20 net", as [text, left, top, right, bottom].
const WORDS = [
  ["Total", 0.1, 0.1, 0.2, 0.12],
  ["due", 0.22, 0.1, 0.28, 0.12],
  ["EUR", 0.1, 0.14, 0.16, 0.16],
  ["21.20", 0.18, 0.14, 0.26, 0.16],
  ["net", 0.5, 0.14, 0.55, 0.16],
];

test("a range holds both ends, whichever was picked first", () => {
  assert.equal(textOf(range(WORDS, 3, 2)), "EUR 21.20");
  assert.equal(textOf(range(WORDS, 2, 3)), "EUR 21.20");
  assert.equal(textOf(range(WORDS, 3, 3)), "21.20");
});

test("the region is the box around the words", () => {
  assert.equal(regionOf(range(WORDS, 2, 3), "4"), "4,0.1,0.14,0.26,0.16");
  assert.deepEqual(boxOf("4,0.1,0.14,0.26,0.16"), [0.1, 0.14, 0.26, 0.16]);
});

test("the nearest word is the one under or beside the point", () => {
  assert.equal(nearest(WORDS, { x: 0.2, y: 0.15 }), 3);
  assert.equal(nearest(WORDS, { x: 0.9, y: 0.15 }), 4);
  assert.equal(nearest([], { x: 0, y: 0 }), -1);
});

test("left and right follow the reading order and stop at its ends", () => {
  assert.equal(step(WORDS, 1, "ArrowRight"), 2);
  assert.equal(step(WORDS, 0, "ArrowLeft"), 0);
  assert.equal(step(WORDS, 4, "ArrowRight"), 4);
});

test("up and down go to the nearest word of the next line", () => {
  assert.equal(step(WORDS, 1, "ArrowDown"), 3);
  assert.equal(step(WORDS, 3, "ArrowUp"), 1);
  assert.equal(step(WORDS, 0, "ArrowUp"), 0);
  assert.equal(step(WORDS, 4, "ArrowDown"), 4);
});

test("all boxes are one shape", () => {
  assert.equal(outlines(WORDS.slice(0, 2)), "M0.1 0.1H0.2V0.12H0.1ZM0.22 0.1H0.28V0.12H0.22Z");
  assert.equal(outlines([]), "");
});

test("a point hits the word that it is in, or close to", () => {
  assert.equal(wordAt(WORDS, { x: 0.2, y: 0.15 }), 3);
  assert.equal(wordAt(WORDS, { x: 0.552, y: 0.15 }), 4);
  assert.equal(wordAt(WORDS, { x: 0.8, y: 0.15 }), -1);
});

test("of words within each other the smaller one is meant", () => {
  const both = [["all", 0, 0, 1, 1, 1], ["one", 0.4, 0.4, 0.5, 0.5, 1]];
  assert.equal(wordAt(both, { x: 0.45, y: 0.45 }), 1);
  assert.equal(wordAt(both, { x: 0.3, y: 0.3 }), 0);
});
