import assert from "node:assert/strict";
import { test } from "node:test";
import { said } from "../../static/js/choice.js";

const given = { value: "21.20", typed: "9.00", offered: "25.30" };

const MEANT = {
  confirm: ["confirmed", "21.20"],
  correct: ["corrected", "9.00"],
  older: ["older is right", "25.30"],
  newer: ["newer is right", "25.30"],
  absent: ["not in the document", ""],
  unreadable: ["cannot be read", ""],
  "candidate|1,0,0,1,1|20.00": ["corrected", "20.00"],
  "candidate||a|b": ["corrected", "a|b"],
};

for (const [choice, [words, value]] of Object.entries(MEANT)) {
  test(`${choice} says ${words}: ${value || "nothing"}`, () => {
    assert.deepEqual(said(choice, given), { words, value });
  });
}

test("a version that finds nothing offers nothing", () => {
  assert.deepEqual(said("older", { value: "21.20" }), { words: "older is right", value: "" });
});

test("one of two people's answers is chosen, and no version is right", () => {
  assert.deepEqual(said("newer", { offered: "21.20", people: true }), {
    words: "chosen",
    value: "21.20",
  });
  assert.equal(said("newer", { offered: "21.20" }).words, "newer is right");
});
