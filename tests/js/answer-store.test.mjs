import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerStore } from "../../static/js/answer-store.js";

// As much of IndexedDB as the store asks for.
function database() {
  const rows = new Map();
  const soon = (result) => {
    const request = { result };
    queueMicrotask(() => request.onsuccess());
    return request;
  };
  const table = {
    put: (row) => soon(rows.set(row.id, structuredClone(row)) && row.id),
    delete: (id) => soon(rows.delete(id)),
    getAll: () => soon([...rows.values()]),
  };
  const base = { transaction: () => ({ objectStore: () => table }), createObjectStore() {} };
  return { rows, factory: { open: () => soon(base) } };
}

const answer = (id) => ({
  id,
  url: "/decide/",
  body: new URLSearchParams({ slot: "total", decision_id: id }),
  task: "t",
  slot: "total",
  words: "confirmed",
  value: "1.00",
  question: () => "no clone of this",
});

test("an answer outlives its page, as text that can be sent again", async () => {
  const { factory } = database();
  assert.equal(await new AnswerStore(7, factory).keep(answer("a")), true);
  const [found] = await new AnswerStore(7, factory).waiting();
  assert.equal(found.body, "slot=total&decision_id=a");
  assert.deepEqual([found.task, found.url, found.value], ["t", "/decide/", "1.00"]);
  assert.equal(found.words, "confirmed");
});

test("nobody sends another person's answers", async () => {
  const { factory, rows } = database();
  await new AnswerStore(7, factory).keep(answer("a"));
  assert.deepEqual(await new AnswerStore(8, factory).waiting(), []);
  assert.equal(rows.size, 1);
});

test("what the server has is forgotten, and the rest comes in order", async () => {
  const { factory } = database();
  const store = new AnswerStore(7, factory);
  for (const id of ["a", "b", "c"]) await store.keep(answer(id));
  await store.forget("b");
  assert.deepEqual((await store.waiting()).map(({ id }) => id), ["a", "c"]);
});

test("without a disk an answer is not kept, and nothing breaks", async () => {
  const store = new AnswerStore(7, null);
  assert.equal(await store.keep(answer("a")), false);
  assert.deepEqual(await store.waiting(), []);
  await store.forget("a");
});
