import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, sentenceOf, sheetAction, summaryOf } from "../../static/js/sheet-grid.js";

const press = (key, more = {}, focus = "field") => sheetAction({ key, ...more }, focus);

test("keys of a sheet", () => {
  const keys = {
    Enter: "confirm",
    ArrowUp: "move:ArrowUp",
    End: "move:End",
    1: "pick:1",
    3: "pick:3",
    c: "pick:c",
    F2: "pick:c",
    X: "pick:x",
    Delete: "pick:x",
    h: "pick:h",
    4: "",
    " ": "",
    Tab: "",
  };
  for (const [key, action] of Object.entries(keys)) assert.equal(press(key), action, key);
});

test("a held key confirms nothing, and moves on", () => {
  assert.equal(press("Enter", { repeat: true }), "wait");
  assert.equal(press("x", { repeat: true }), "wait");
  assert.equal(press("ArrowDown", { repeat: true }), "move:ArrowDown");
});

test("while typing, Enter leaves the field and sends nothing", () => {
  assert.equal(press("Enter", {}, "text"), "leave");
  assert.equal(press("Escape", {}, "text"), "leave");
  assert.equal(press("1", {}, "text"), "");
  assert.equal(press("ArrowLeft", {}, "text"), "");
});

test("Enter on a button or link is its own, and the browser keeps its own keys", () => {
  assert.equal(press("Enter", {}, "control"), "");
  assert.equal(press("c", { ctrlKey: true }), "");
});

test("the arrows walk a grid of three columns and eight cells", () => {
  const grid = { count: 8, columns: 3 };
  assert.equal(cellAt(0, "ArrowRight", grid), 1);
  assert.equal(cellAt(2, "ArrowRight", grid), 3);
  assert.equal(cellAt(0, "ArrowLeft", grid), 0);
  assert.equal(cellAt(1, "ArrowDown", grid), 4);
  assert.equal(cellAt(5, "ArrowDown", grid), 7); // below it nothing: the last one
  assert.equal(cellAt(7, "ArrowDown", grid), 7);
  assert.equal(cellAt(1, "ArrowUp", grid), 1);
  assert.equal(cellAt(4, "Home", grid), 0);
  assert.equal(cellAt(4, "End", grid), 7);
});

test("what was left out need not have been on screen", () => {
  const cells = [
    { state: "right", seen: true },
    { state: "changed", seen: false },
    { state: "out", seen: false },
  ];
  const stands = summaryOf(cells);
  assert.deepEqual(stands, { right: 1, changed: 1, out: 1, unseen: 1 });
  assert.equal(sentenceOf(stands), "1 right: 1 not on screen yet, 1 corrected, 1 left to the desk.");
  assert.equal(sentenceOf({ right: 2, changed: 0, out: 0, unseen: 0 }), "2 right: every one was on screen.");
});
