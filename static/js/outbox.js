// Answers on their way to the server, one after the other, none twice and none lost: each
// carries the id that was made with it, and goes again until the server has answered.

const LONGEST_WAIT = 15_000;

// crypto.randomUUID exists only where the page came over HTTPS or from this machine.
export function newId(source = globalThis.crypto) {
  if (source.randomUUID) return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function waitAfter(attempts) {
  return Math.min(1000 * 2 ** Math.max(attempts - 1, 0), LONGEST_WAIT);
}

// What a response means: saved, refused (say why at the field), beside (too late: kept as
// a second opinion), lost (somebody else has the case), login (the session ended), or
// offline (try again).
export async function meaningOf(response) {
  if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) {
    return { kind: "login" };
  }
  if (response.status === 404) return { kind: "lost", error: "This case is gone.", again: false };
  const kind = { 200: "saved", 400: "refused", 409: "lost" }[response.status];
  if (!kind) return { kind: "offline" };
  try {
    const said = await response.json();
    return { ...said, kind: kind === "lost" && said.kept ? "beside" : kind };
  } catch {
    return { kind: "offline" };
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const NO_STORE = { keep: async () => false, forget: async () => {} };
const STORED = new Set(["saved", "refused", "beside"]);

export class Outbox {
  // send(answer) gives a Response or throws; told(meaning, answer) hears what became of
  // it; store keeps it on the disk until then.
  constructor({ send, told, wait = pause, store = NO_STORE }) {
    Object.assign(this, { send, told, wait, store });
    this.waiting = [];
    this.keeping = new Map();
    this.busy = false;
    this.held = false;
    this.attempts = 0;
  }

  get unsent() {
    return this.waiting.length;
  }

  // Whether something stands in the way of what waits.
  get stuck() {
    return this.held || this.attempts > 0;
  }

  // On the disk first: what a person answered must survive whatever comes next.
  async add(answer) {
    this.waiting.push(answer);
    this.keeping.set(answer, this.store.keep(answer));
    return this.flush();
  }

  // Whether the disk has it.
  async kept(answer) {
    return (await this.keeping.get(answer)) ?? false;
  }

  // After a log-in: go on with what was held.
  resume() {
    this.held = false;
    return this.flush();
  }

  // Let go of the answer that nobody will take, and go on with the others.
  drop() {
    this.waiting.shift();
    return this.resume();
  }

  close() {
    this.closed = true;
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length && !this.held && !this.closed) {
      const [answer] = this.waiting;
      await this.kept(answer);
      const meaning = await this.attempt(answer);
      if (STORED.has(meaning.kind)) {
        this.waiting.shift();
        this.keeping.delete(answer);
        await this.store.forget(answer.id);
      }
      if (this.closed) break;
      if (meaning.kind === "login" || meaning.kind === "lost") this.held = true;
      this.attempts = meaning.kind === "offline" ? this.attempts + 1 : 0;
      this.told(meaning, answer);
      if (this.attempts) await this.wait(waitAfter(this.attempts));
    }
    this.busy = false;
    this.attempts = 0;
  }

  async attempt(answer) {
    try {
      return await meaningOf(await this.send(answer));
    } catch {
      return { kind: "offline" };
    }
  }
}
