import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf } from "../../static/js/key-names.js";
import { actionFor } from "../../static/js/keymap.js";
import { ownOf, usualOf } from "../../static/js/own-keys.js";

const key = (name) => ({ key: name });
const mine = { own: { Enter: "F2", a: "x", s: "", c: "a" }, off: false };

test("an action is on its new key and no longer on the usual one", () => {
  assert.equal(actionFor(key("F2"), "field", mine), "press:Enter");
  assert.equal(actionFor(key("Enter"), "field", mine), "");
  assert.equal(actionFor(key("x"), "field", mine), "press:a");
  assert.equal(actionFor(key("X"), "field", mine), "press:a");
});

test("a key that moved may be another action's", () => {
  assert.equal(actionFor(key("a"), "field", mine), "edit");
});

test("an action without a key has none", () => {
  assert.equal(actionFor(key("s"), "field", mine), "");
  assert.equal(ownOf("s", mine), "");
});

test("what was not changed stays", () => {
  assert.equal(actionFor(key("u"), "field", mine), "press:u");
  assert.equal(ownOf("u", mine), "u");
});

test("letters, digits and signs can be no keys at all", () => {
  const off = { own: { a: "F4" }, off: true };
  for (const sign of ["a", "1", "c", "?", "+", "0", "z", "é"]) {
    assert.equal(actionFor(key(sign), "field", off), "", sign);
  }
  assert.equal(actionFor(key("F4"), "field", off), "press:a");
  assert.equal(actionFor(key("Enter"), "field", off), "press:Enter");
  assert.equal(actionFor(key("ArrowDown"), "field", off), "move:1");
  assert.equal(ownOf("c", off), "");
});

test("Enter on a button is that button's, whatever was changed", () => {
  assert.equal(actionFor(key("Enter"), "control", { own: { s: "Enter", Enter: "F2" }, off: false }), "");
});

test("nothing works while typing", () => {
  assert.equal(actionFor(key("x"), "text", mine), "");
  assert.equal(actionFor(key("F2"), "text", mine), "");
});

test("keys that can be chosen have a name", () => {
  assert.equal(nameOf("A"), "a");
  assert.equal(nameOf("F2"), "F2");
  assert.equal(nameOf("F5"), "");
  assert.equal(nameOf(" "), "");
  assert.equal(nameOf("Shift"), "");
});

test("a key is itself where nothing was changed", () => {
  assert.equal(usualOf("q", { own: {}, off: false }), "q");
});
