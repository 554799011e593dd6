// Picking the words of a value on the page shown: of the current field, or of a cell of
// the line items.
import { WordPicker } from "./word-picker.js";

const HOW = "Press on the first and the last word. Arrows move, Space marks, Enter saves, Esc leaves.";

export class DeskPicking {
  constructor(desk) {
    this.desk = desk;
    this.picker = this.target = null;
  }

  // target: a question of the desk, or a LineCell.
  async begin(target) {
    const { desk } = this;
    this.end();
    if (desk.questions.includes(target)) desk.select(target);
    this.target = target;
    const { pages } = desk;
    pages.openPage();
    const { view, page } = pages;
    try {
      const words = await pages.wordsOf(page);
      if (view !== pages.view || this.target !== target) return;
      if (!words.length) throw new Error("nothing was read on it");
      this.start(target, view, words);
    } catch {
      desk.notes.hint("This page has no words to pick: type the value");
    }
  }

  start(target, view, words) {
    const { page, box } = target.place;
    const near = page === view.dataset.page && box.length ? { x: box[0], y: (box[1] + box[3]) / 2 } : null;
    this.picker = new WordPicker({
      view,
      words,
      near,
      moved: (place) => this.desk.pages.show(place),
      picked: (value) => {
        target.take(value);
        this.hint(`Picked “${value.text}”. Enter saves it, Esc leaves.`);
      },
    });
    this.picker.frame.focus({ preventScroll: true });
    this.hint(HOW);
  }

  hint(text) {
    const line = this.desk.querySelector("[data-hint]");
    line.textContent = text;
    line.hidden = !text;
    this.desk.notes.say(text);
  }

  // True where the key was for picking.
  pressed(event, focus) {
    if (!this.picker || focus === "text" || event.ctrlKey || event.metaKey || event.altKey) return false;
    const { key } = event;
    if (key === "Escape") {
      const { target, desk } = this;
      this.end();
      if (desk.questions.includes(target)) desk.select(target);
      else target.bring();
      return true;
    }
    if (focus === "control") return false;
    if (this.picker.pressed(key)) {
      if (key.startsWith("Arrow")) this.desk.notes.say(this.picker.cursorText);
      return true;
    }
    if (key !== "Enter") return false;
    this.target.save();
    return true;
  }

  // keep: the picked value goes to the server with its place; else both are dropped.
  end({ keep = false } = {}) {
    if (!this.picker) return;
    this.picker.end();
    const { target } = this;
    this.picker = this.target = null;
    if (!keep) target.forget();
    this.hint("");
  }
}
