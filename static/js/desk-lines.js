// The line items of a case in a grid: one cell has the focus, keys move and edit, each
// cell is an answer of its own on the way that all answers take.
import { LineCell } from "./line-cell.js";
import { moveIn, sumUp } from "./line-sums.js";
import { newId } from "./outbox.js";

export class DeskLines {
  constructor(desk, root, signal) {
    Object.assign(this, { desk, root });
    this.cells = new Map();
    this.body = root.querySelector("[data-rows]");
    this.line = root.querySelector("[data-lines-say]");
    this.totals = JSON.parse(root.dataset.totals);
    const add = root.querySelector("[data-add-line]");
    add.hidden = root.querySelector("[data-how]").hidden = false;
    add.addEventListener("click", () => this.add(), { signal });
    const pick = root.querySelector("[data-pick-cell]");
    pick.hidden = false;
    pick.addEventListener("click", () => this.pick(this.at(this.tabbed)), { signal });
    const on = (name, act) => this.body.addEventListener(name, act, { signal });
    on("focusin", (event) => this.focused(event));
    on("dblclick", (event) => this.at(event.target)?.edit(this.at(event.target).value));
    on("input", () => this.sum());
    root.addEventListener("toggle", () => this.sum(), { signal });
    this.tabbable(this.grid[0]?.[0]);
    this.sum();
  }

  // Rows of cell elements; what was removed keeps its row, so that it can come back.
  get grid() {
    return [...this.body.rows].map((row) => [...row.cells]);
  }

  // The cell that has the focus, or had it last.
  get tabbed() {
    return this.body.querySelector('[tabindex="0"]');
  }

  at(target) {
    const element = target?.closest?.("[data-slot]");
    if (!element || !this.body.contains(element)) return null;
    return this.cell(element.dataset.slot);
  }

  cell(slot) {
    const element = this.body.querySelector(`[data-slot="${CSS.escape(slot)}"]`);
    if (!element) return null;
    if (!this.cells.has(slot)) {
      this.cells.set(slot, new LineCell(element, (text, wrong) => this.say(text, wrong)));
    }
    return this.cells.get(slot);
  }

  get onTheirWay() {
    return [...this.cells.values()].filter((one) => one.onItsWay !== undefined);
  }

  say(text, wrong = false) {
    this.line.textContent = text;
    this.line.classList.toggle("is-wrong", wrong);
    this.desk.notes.say(text);
    this.sum();
  }

  // To the grid, and from it back to the fields; false where there is none.
  toggle() {
    this.root.open = true;
    if (this.tabbed) this.tabbed.focus();
    else this.add();
    return true;
  }

  tabbable(element) {
    for (const one of this.body.querySelectorAll('[tabindex="0"]')) one.tabIndex = -1;
    if (element) element.tabIndex = 0;
  }

  focused(event) {
    const cell = this.at(event.target);
    if (!cell) return;
    if (this.desk.picking.target !== cell) this.desk.picking.end();
    this.tabbable(cell.element);
    this.desk.clock.turnTo(cell.slot);
    this.desk.pages.spot(cell.place);
  }

  // True where the key was the grid's.
  pressed(event) {
    const cell = this.at(event.target);
    if (!cell || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
    return cell.editor ? this.editing(cell, event) : this.moving(cell, event);
  }

  editing(cell, { key, shiftKey }) {
    if (key === "F4") return this.pick(cell);
    if (key === "Escape") {
      this.desk.picking.end();
      cell.show(cell.value);
      cell.element.focus();
      this.sum();
      return true;
    }
    if (key !== "Enter" && key !== "Tab") return false;
    const text = cell.editor.value.trim();
    const same = text === cell.value && !cell.picked;
    const wrong = same ? "" : cell.wrongWith(text);
    if (wrong) {
      this.say(wrong, true);
      return true;
    }
    const { region = "" } = cell.picked ?? {};
    this.desk.picking.end({ keep: true });
    if (same) cell.show(cell.value);
    else this.send(cell, "correct", text, region);
    return this.go(cell, key, shiftKey);
  }

  // Its value by words on the page, instead of typing it; what is saved has their place.
  pick(cell) {
    if (!cell) return true;
    cell.save = () => this.editing(cell, { key: "Enter", shiftKey: false });
    this.desk.pages.spot(cell.place);
    this.desk.picking.begin(cell);
    return true;
  }

  moving(cell, event) {
    const { key, shiftKey } = event;
    if (key === "Escape") this.desk.select(this.desk.current);
    else if (key === "Tab") return this.go(cell, key, shiftKey);
    else if (key === "Enter") return event.repeat || this.confirm(cell);
    else if (key === "F2") cell.edit(cell.value);
    else if (key === "F4") this.pick(cell);
    else if (key === "Insert") this.add();
    else if (key === "Delete") this.remove(cell);
    else if (key.startsWith("Arrow") || key === "Home" || key === "End") return this.go(cell, key);
    else if ([...key].length === 1 && key !== " ") cell.edit(key);
    else return false;
    return true;
  }

  go(cell, key, shift = false) {
    const rows = this.grid;
    const row = rows.findIndex((one) => one.includes(cell.element));
    const column = rows[row].indexOf(cell.element);
    const size = { rows: rows.length, columns: rows[row].length };
    const to = moveIn({ row, column }, key, size, shift);
    // Tab leaves the grid at its ends; Enter stays at the last cell.
    if (!to && key === "Tab") return false;
    rows[to?.row ?? row][to?.column ?? column].focus();
    return true;
  }

  confirm(cell) {
    if (!cell.value) this.say("There is no value to confirm: type it", true);
    else {
      if (!("person" in cell.element.dataset)) this.send(cell, "confirm", cell.value);
      this.go(cell, "Enter");
    }
    return true;
  }

  add() {
    const numbers = [...this.body.rows].map((row) => Number(row.dataset.line));
    const number = Math.max(-1, ...numbers) + 1;
    const heads = [...this.root.querySelectorAll("th")].map((head) => head.textContent);
    const names = ["description", "quantity", "unit_price", "amount"];
    const types = ["text", "number", "money", "money"];
    const row = this.body.insertRow();
    row.setAttribute("role", "row");
    row.dataset.line = number;
    for (const [index, column] of names.entries()) {
      const cell = row.insertCell();
      cell.setAttribute("role", "gridcell");
      cell.tabIndex = -1;
      const slot = `lines[${number}].${column}`;
      const [head, type] = [heads[index], types[index]];
      Object.assign(cell.dataset, { slot, column, head, type, value: "", seen: 0 });
    }
    this.root.open = true;
    row.cells[0].focus();
    this.say(`Line ${number + 1} added: type its description`);
  }

  // A line that is no line item has no amount: that is the answer which says so.
  remove(cell) {
    const row = cell.element.parentElement;
    const amount = this.cell(`lines[${row.dataset.line}].amount`);
    const isNew = [...row.cells].every((one) => !one.dataset.value && !Number(one.dataset.seen));
    if (!isNew) {
      this.send(amount, "absent", "");
      return;
    }
    const next = row.previousElementSibling ?? row.nextElementSibling;
    for (const one of row.cells) this.cells.delete(one.dataset.slot);
    row.remove();
    if (next) next.cells[0].focus();
    else this.desk.select(this.desk.current);
    this.say("Line taken away");
  }

  send(cell, choice, value, region = "") {
    const { desk } = this;
    const body = new URLSearchParams({
      token: desk.dataset.token,
      within: desk.querySelector('[name="within"]').value,
      decision_id: newId(),
      active_ms: desk.clock.take(cell.slot),
      slot: cell.slot,
      seen: cell.element.dataset.seen,
      shown: cell.value,
      choice,
      value,
      region,
    });
    cell.showSending({ value });
    this.sum();
    desk.notes.state("Saving…");
    desk.answers.send({ question: cell, body, value, words: choice });
  }

  // What stands in an amount, what is being typed included.
  sum() {
    const rows = [...this.body.rows].filter((row) => !("removed" in row.dataset));
    const amounts = rows.map((row) => {
      const cell = row.cells[3];
      const typed = cell.querySelector("input")?.value;
      return typed ?? this.cells.get(cell.dataset.slot)?.onItsWay ?? cell.dataset.value;
    });
    const totals = this.totals.map(({ slot, name, value }) => {
      const field = this.desk.questions.find((one) => one.slot === slot);
      return { name, value: field?.value ?? value };
    });
    const { text, agrees } = sumUp(amounts, totals);
    const shown = this.root.querySelector("[data-sum]");
    shown.textContent = `${rows.length} · ${text}`;
    shown.classList.toggle("is-wrong", agrees === false);
    shown.classList.toggle("is-good", agrees === true);
  }
}
