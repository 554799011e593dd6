import assert from "node:assert/strict";
import { test } from "node:test";
import { RememberedFold } from "../../static/js/remembered-fold.js";

class Fold extends EventTarget {
  #open = true;

  get open() {
    return this.#open;
  }

  set open(open) {
    if (open === this.#open) return;
    this.#open = open;
    this.dispatchEvent(new Event("toggle"));
  }
}

function store() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

test("what was folded stays so in the next case", () => {
  const storage = store();
  const signal = new AbortController().signal;
  new RememberedFold(new Fold(), "keys", signal, storage).toggle();
  const next = new Fold();
  const list = new RememberedFold(next, "keys", signal, storage);
  assert.equal(next.open, false);
  list.toggle();
  const third = new Fold();
  new RememberedFold(third, "keys", signal, storage);
  assert.equal(third.open, true);
});

test("folds are told apart by their names, and one that is not there does nothing", () => {
  const storage = store();
  const signal = new AbortController().signal;
  new RememberedFold(new Fold(), "keys", signal, storage).toggle();
  const other = new Fold();
  new RememberedFold(other, "notes", signal, storage);
  assert.equal(other.open, true);
  new RememberedFold(null, "keys", signal, storage).toggle();
});

test("where the browser keeps nothing it still folds", () => {
  const fold = new Fold();
  new RememberedFold(fold, "keys", new AbortController().signal, null).toggle();
  assert.equal(fold.open, false);
});
