// Answers on this machine's disk until the server has them: they outlive the page, the
// browser and the log-in. Each belongs to one person; nobody else's page sends it.

const NAME = "palimpsest";
const TABLE = "answers";

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class AnswerStore {
  // database: an IDBFactory; none where the browser keeps nothing (a private window).
  constructor(user, database = globalThis.indexedDB) {
    this.user = String(user);
    this.database = database;
  }

  async table(mode) {
    this.opened ??= this.open();
    const base = await this.opened;
    return base.transaction(TABLE, mode, { durability: "strict" }).objectStore(TABLE);
  }

  async open() {
    const request = this.database.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
    return asked(request);
  }

  // False where it could not be kept: then only the page has it.
  async keep({ id, url, body, task, slot, words, value }) {
    try {
      const table = await this.table("readwrite");
      const at = Date.now();
      await asked(table.put({ id, url, body: String(body), task, slot, words, value, at, user: this.user }));
      return true;
    } catch {
      return false;
    }
  }

  async forget(id) {
    try {
      await asked((await this.table("readwrite")).delete(id));
    } catch {
      // It goes again some day, and the server knows it by its number.
    }
  }

  // The person's own, oldest first.
  async waiting() {
    try {
      const all = await asked((await this.table("readonly")).getAll());
      return all.filter((one) => one.user === this.user).sort((a, b) => a.at - b.at);
    } catch {
      return [];
    }
  }
}
