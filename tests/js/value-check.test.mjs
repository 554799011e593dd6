import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../static/js/value-check.js";

test("amounts in both ways of writing are read back", () => {
  assert.deepEqual(check("money", "1.234,50"), { ok: true, says: "Reads as 1234.50" });
  assert.deepEqual(check("money", "1,234.50"), { ok: true, says: "Reads as 1234.50" });
  assert.deepEqual(check("money", "RM 21.20"), { ok: true, says: "Reads as 21.20" });
  assert.deepEqual(check("money", "-5"), { ok: true, says: "Reads as -5" });
});

test("an amount that may be read two ways says nothing and is left to the server", () => {
  assert.deepEqual(check("money", "1.234"), { ok: true, says: "" });
});

test("what is no amount is said at once", () => {
  for (const text of ["abc", "12a", "--"]) assert.equal(check("money", text).ok, false, text);
});

test("days that exist pass, others do not", () => {
  assert.equal(check("date", "2026-11-23").ok, true);
  assert.equal(check("date", "2026-02-30").ok, false);
  assert.equal(check("date", "31.12.2026").ok, true);
  assert.equal(check("date", "32.12.2026").ok, false);
  assert.equal(check("date", "23. November 2026").ok, true);
  assert.equal(check("date", "soon").ok, false);
});

test("day and month that could change places are asked about", () => {
  assert.equal(
    check("date", "03/04/2026").says,
    "Day or month first: 3 April 2026, or 4 March 2026? 2026-04-03 is always clear",
  );
  assert.equal(check("date", "04.04.2026").says, "4 April 2026");
});

test("a date is read back in words", () => {
  assert.equal(check("date", "2026-04-03").says, "3 April 2026");
  assert.equal(check("date", "31.12.26").says, "31 December 2026");
  assert.equal(check("date", "12/31/2026").says, "31 December 2026");
});

test("nothing typed is nothing said", () => {
  assert.deepEqual(check("date", "  "), { ok: false, says: "" });
});

test("currencies are codes or marks; names are anything", () => {
  assert.equal(check("currency", "eur").ok, true);
  assert.equal(check("currency", "dollars").ok, false);
  assert.equal(check("name", "Ab").ok, true);
});
