import assert from "node:assert/strict";
import { test } from "node:test";
import { actionFor, focusOf } from "../../static/js/keymap.js";

const key = (name, more = {}) => ({ key: name, ...more });

// Reviewers have these in their fingers: whoever changes one breaks their work.
const PINNED = {
  Enter: "press:Enter",
  1: "press:1",
  2: "press:2",
  3: "press:3",
  a: "press:a",
  u: "press:u",
  s: "press:s",
  n: "press:n",
  w: "press:w",
  c: "edit",
  F2: "edit",
  ArrowDown: "move:1",
  ArrowRight: "move:1",
  ArrowUp: "move:-1",
  ArrowLeft: "move:-1",
  "+": "zoom:in",
  "=": "zoom:in",
  "-": "zoom:out",
  0: "zoom:whole",
  Escape: "leave",
  "?": "keys",
  z: "press:z",
  e: "press:e",
  r: "press:r",
  h: "press:h",
  m: "comment",
  l: "lines",
  t: "picture:turn",
  i: "picture:contrast",
};

for (const [name, action] of Object.entries(PINNED)) {
  test(`${name} on the desk is ${action}`, () => {
    assert.equal(actionFor(key(name), "field"), action);
  });
}

test("no key but Escape works while typing", () => {
  for (const name of Object.keys(PINNED)) {
    const expected = name === "Escape" ? "leave" : "";
    assert.equal(actionFor(key(name), "text"), expected, name);
  }
});

test("keys with Ctrl, Alt or the command key belong to the browser", () => {
  for (const modifier of ["ctrlKey", "altKey", "metaKey", "isComposing"]) {
    assert.equal(actionFor(key("a", { [modifier]: true }), "field"), "");
  }
});

test("Enter on a button is that button's", () => {
  assert.equal(actionFor(key("Enter"), "control"), "");
  assert.equal(actionFor(key(" "), "control"), "");
});

test("Tab and Space are never taken", () => {
  for (const focus of ["field", "control", "picture", "text"]) {
    assert.equal(actionFor(key("Tab"), focus), "");
    assert.equal(actionFor(key(" "), focus), "");
  }
});

test("the picture keeps its own arrows and zoom", () => {
  for (const name of ["ArrowDown", "ArrowLeft", "+", "-", "0"]) {
    assert.equal(actionFor(key(name), "picture"), "");
  }
  assert.equal(actionFor(key("Enter"), "picture"), "press:Enter");
  assert.equal(actionFor(key("a"), "picture"), "press:a");
});

test("any other sign does nothing: half a typed word must not be half an answer", () => {
  for (const sign of ["4", "9", "x", "é", "€", "PageDown"]) {
    assert.equal(actionFor(key(sign), "field"), "");
  }
});

test("letters are keys under Caps Lock too", () => {
  assert.equal(actionFor(key("A"), "field"), "press:a");
});

test("a key held down answers once", () => {
  for (const name of ["Enter", "1", "a", "u", "s", "n", "w", "z", "e", "r", "h"]) {
    assert.equal(actionFor(key(name, { repeat: true }), "field"), "wait");
    assert.equal(actionFor(key(name, { repeat: true }), "control"), "wait");
  }
  assert.equal(actionFor(key("ArrowDown", { repeat: true }), "field"), "move:1");
});

test("the focus is told by the element", () => {
  const inside = (...selectors) => ({
    closest: (wanted) => {
      const parts = wanted.split(", ");
      const hit = selectors.find((one) => parts.includes(one.selector));
      return hit ?? null;
    },
  });
  assert.equal(focusOf(null), "field");
  assert.equal(focusOf(inside({ selector: "textarea" })), "text");
  assert.equal(focusOf(inside({ selector: "input", type: "text" })), "text");
  assert.equal(focusOf(inside({ selector: "input", type: "submit" })), "control");
  assert.equal(focusOf(inside({ selector: "button" })), "control");
  assert.equal(focusOf(inside({ selector: "[data-frame]" })), "picture");
  const pick = inside({ selector: ".question__pick" }, { selector: "button" });
  assert.equal(focusOf(pick), "field");
  assert.equal(focusOf(inside()), "field");
});

test("help, holding and taking back have keys of their own", () => {
  for (const name of ["z", "e", "r", "h"]) {
    assert.equal(actionFor(key(name), "field"), `press:${name}`);
    assert.equal(actionFor(key(name), "text"), "");
  }
  assert.equal(actionFor(key("m"), "field"), "comment");
});
