import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { Outbox, meaningOf, newId, waitAfter } from "../../static/js/outbox.js";

// Every browser has it; Node.js 18 only in a module.
globalThis.crypto ??= webcrypto;

const response = (status, body = {}, more = {}) => ({
  status,
  type: "basic",
  json: async () => body,
  ...more,
});

test("a response means one of five things", async () => {
  const kinds = { 200: "saved", 400: "refused", 401: "login", 403: "login", 404: "lost" };
  for (const [status, kind] of Object.entries({ ...kinds, 409: "lost", 500: "offline", 503: "offline" })) {
    assert.equal((await meaningOf(response(Number(status)))).kind, kind, status);
  }
  assert.equal((await meaningOf(response(0, {}, { type: "opaqueredirect" }))).kind, "login");
});

test("the body comes with the meaning, and a broken body is tried again", async () => {
  assert.equal((await meaningOf(response(409, { error: "Bob has it" }))).error, "Bob has it");
  const broken = response(200, {}, { json: async () => JSON.parse("<html>") });
  assert.equal((await meaningOf(broken)).kind, "offline");
});

function outbox(responses) {
  const sent = [];
  const told = [];
  const waits = [];
  const box = new Outbox({
    send: async (answer) => {
      sent.push(answer);
      const next = responses.shift() ?? response(200);
      if (next instanceof Error) throw next;
      return next;
    },
    told: (meaning, answer) => told.push([meaning.kind, answer]),
    wait: async (ms) => waits.push(ms),
  });
  return { box, sent, told, waits };
}

test("a failed answer goes again, the same one, until it is saved", async () => {
  const { box, sent, told, waits } = outbox([new Error("down"), response(502), response(200)]);
  await box.add("one");
  assert.deepEqual(sent, ["one", "one", "one"]);
  assert.deepEqual(told.map(([kind]) => kind), ["offline", "offline", "saved"]);
  assert.deepEqual(waits, [1000, 2000]);
  assert.equal(box.unsent, 0);
});

test("answers keep their order, one at a time", async () => {
  const { box, sent } = outbox([new Error("down")]);
  await Promise.all([box.add("one"), box.add("two"), box.add("three")]);
  await box.flush();
  assert.deepEqual(sent, ["one", "one", "two", "three"]);
});

test("a refused answer leaves the box, the next one goes on", async () => {
  const { box, told } = outbox([response(400, { error: "no date" }), response(200)]);
  box.add("bad");
  await box.add("good");
  await new Promise(setImmediate);
  assert.deepEqual(told, [["refused", "bad"], ["saved", "good"]]);
});

test("after the end of a log-in answers are kept until somebody resumes", async () => {
  const { box, sent, told } = outbox([response(401)]);
  await box.add("one");
  await box.add("two");
  assert.equal(box.unsent, 2);
  assert.deepEqual(sent, ["one"]);
  await box.resume();
  assert.equal(box.unsent, 0);
  assert.deepEqual(told, [["login", "one"], ["saved", "one"], ["saved", "two"]]);
});

test("a lost case keeps the answer and sends nothing more", async () => {
  const { box, sent } = outbox([response(409, { error: "done" })]);
  await box.add("one");
  await box.add("two");
  assert.deepEqual(sent, ["one"]);
  assert.equal(box.unsent, 2);
});

test("a closed box sends nothing", async () => {
  const { box, sent } = outbox([]);
  box.close();
  await box.add("one");
  assert.deepEqual(sent, []);
});

test("waits grow to a quarter of a minute and not beyond", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9].map(waitAfter), [1000, 2000, 4000, 8000, 15000, 15000]);
});

test("an id is a version 4 UUID, also where randomUUID is missing", () => {
  const bare = { getRandomValues: (bytes) => bytes.fill(0xff) };
  assert.equal(newId(bare), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(newId(), newId());
});

test("a late answer that was kept beside leaves the box, as one that counts", async () => {
  const late = response(409, { error: "Bob has it", kept: true });
  assert.equal((await meaningOf(late)).kind, "beside");
  const { box, told } = outbox([late, response(200)]);
  box.add("late");
  await box.add("next");
  await new Promise(setImmediate);
  assert.deepEqual(told.map(([kind]) => kind), ["beside", "saved"]);
});

// A disk that notes what is done to it, in order.
function disk() {
  const done = [];
  const note = (name) => async (what) => {
    await new Promise(setImmediate);
    done.push(`${name} ${what.id ?? what}`);
    return true;
  };
  return { done, store: { keep: note("keep"), forget: note("forget") } };
}

function stored(responses) {
  const { done, store } = disk();
  const box = new Outbox({
    store,
    send: async (answer) => {
      done.push(`send ${answer.id}`);
      const next = responses.shift() ?? response(200);
      if (next instanceof Error) throw next;
      return next;
    },
    told: () => {},
    wait: async () => {},
  });
  return { box, done };
}

test("an answer is on the disk before it is sent, and off it once the server has it", async () => {
  const { box, done } = stored([new Error("down"), response(503), response(200)]);
  await box.add({ id: 1 });
  assert.deepEqual(done, ["keep 1", "send 1", "send 1", "send 1", "forget 1"]);
});

test("what is lost or waits for a log-in stays on the disk", async () => {
  for (const status of [401, 409]) {
    const { box, done } = stored([response(status, { error: "no" })]);
    await box.add({ id: 1 });
    assert.deepEqual(done, ["keep 1", "send 1"]);
    assert.equal(await box.kept(box.waiting[0]), true);
  }
});

test("what nobody takes is let go, and the next one goes on", async () => {
  const { box, done } = stored([response(404)]);
  box.add({ id: 1 });
  await box.add({ id: 2 });
  while (box.busy) await new Promise(setImmediate);
  await box.drop();
  assert.equal(box.unsent, 0);
  assert.ok(done.includes("send 2"));
});
