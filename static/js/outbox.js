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

// What a response means: saved, refused (say why at the field), lost (somebody else has
// the case), login (the session ended), or offline (try again).
export async function meaningOf(response) {
  if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) {
    return { kind: "login" };
  }
  if (response.status === 404) return { kind: "lost", error: "This case is gone.", again: false };
  const kind = { 200: "saved", 400: "refused", 409: "lost" }[response.status];
  if (!kind) return { kind: "offline" };
  try {
    return { kind, ...(await response.json()) };
  } catch {
    return { kind: "offline" };
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Outbox {
  // send(answer) gives a Response or throws; told(meaning, answer) hears what became of it.
  constructor({ send, told, wait = pause }) {
    Object.assign(this, { send, told, wait });
    this.waiting = [];
    this.busy = false;
    this.held = false;
  }

  get unsent() {
    return this.waiting.length;
  }

  add(answer) {
    this.waiting.push(answer);
    return this.flush();
  }

  // After a log-in: go on with what was held.
  resume() {
    this.held = false;
    return this.flush();
  }

  close() {
    this.closed = true;
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    let attempts = 0;
    while (this.waiting.length && !this.held && !this.closed) {
      const [answer] = this.waiting;
      const meaning = await this.attempt(answer);
      if (this.closed) break;
      if (meaning.kind === "saved" || meaning.kind === "refused") this.waiting.shift();
      if (meaning.kind === "login" || meaning.kind === "lost") this.held = true;
      attempts = meaning.kind === "offline" ? attempts + 1 : 0;
      this.told(meaning, answer);
      if (attempts) await this.wait(waitAfter(attempts));
    }
    this.busy = false;
  }

  async attempt(answer) {
    try {
      return await meaningOf(await this.send(answer));
    } catch {
      return { kind: "offline" };
    }
  }
}
