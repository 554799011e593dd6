import assert from "node:assert/strict";
import { test } from "node:test";
import { moveIn, sumUp } from "../../static/js/line-sums.js";
import { amountOf } from "../../static/js/value-check.js";

const NET = { name: "Net", value: "100.00" };
const TOTAL = { name: "Total", value: "119.00" };

test("lines that add up name what they add up to", () => {
  assert.deepEqual(sumUp(["60.00", "40.00"], [NET, TOTAL]), {
    sum: 1_000_000,
    agrees: true,
    text: "Sum 100.00 = Net",
  });
  assert.equal(sumUp(["119"], [NET, TOTAL]).text, "Sum 119.00 = Total");
});

test("others say by how much they differ, and which way", () => {
  assert.equal(sumUp(["60.00", "43"], [NET]).text, "Sum 103.00, 3.00 more than Net");
  assert.equal(sumUp(["60.00"], [NET]).text, "Sum 60.00, 40.00 less than Net");
  assert.equal(sumUp(["60.00"], [NET]).agrees, false);
});

test("a line without an amount is told", () => {
  assert.equal(sumUp(["60.00", ""], [NET]).text, "Sum 60.00, 1 without an amount, 40.00 less than Net");
});

test("cents add up exactly, and as they are typed", () => {
  const tenth = sumUp(["0.1", "0,2"], [{ name: "Net", value: "0.30" }]);
  assert.equal(tenth.agrees, true);
  assert.equal(sumUp(["1.234,50", "-34.50"], [{ name: "Net", value: "1200.00" }]).agrees, true);
});

test("without a total there is nothing to differ from", () => {
  assert.equal(sumUp(["1.00"], [{ name: "Net", value: "" }]).agrees, null);
});

test("what is no amount yet is none", () => {
  for (const text of ["", "-", "x1"]) assert.equal(amountOf(text), null);
  assert.equal(amountOf("1,234"), "1234");
  assert.equal(amountOf("12.5"), "12.5");
});

const SIZE = { rows: 2, columns: 4 };

test("arrows stop at the edges", () => {
  assert.deepEqual(moveIn({ row: 0, column: 0 }, "ArrowUp", SIZE), { row: 0, column: 0 });
  assert.deepEqual(moveIn({ row: 0, column: 3 }, "ArrowRight", SIZE), { row: 0, column: 3 });
  assert.deepEqual(moveIn({ row: 0, column: 1 }, "ArrowDown", SIZE), { row: 1, column: 1 });
  assert.deepEqual(moveIn({ row: 1, column: 2 }, "Home", SIZE), { row: 1, column: 0 });
});

test("Tab goes to the next row, back with Shift, and out at the ends: no trap", () => {
  assert.deepEqual(moveIn({ row: 0, column: 3 }, "Tab", SIZE), { row: 1, column: 0 });
  assert.deepEqual(moveIn({ row: 1, column: 0 }, "Tab", SIZE, true), { row: 0, column: 3 });
  assert.equal(moveIn({ row: 1, column: 3 }, "Tab", SIZE), null);
  assert.equal(moveIn({ row: 0, column: 0 }, "Tab", SIZE, true), null);
});
