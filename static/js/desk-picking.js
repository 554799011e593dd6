// Picking the words of the current field's value on the page shown.
import { WordPicker } from "./word-picker.js";

const HOW = "Press on the first and the last word. Arrows move, Space marks, Enter saves, Esc leaves.";

export class DeskPicking {
  constructor(desk) {
    this.desk = desk;
    this.picker = null;
  }

  async begin(question) {
    const { desk } = this;
    this.end();
    desk.select(question);
    const { pages } = desk;
    pages.openPage();
    const { view, page } = pages;
    try {
      const words = await pages.wordsOf(page);
      if (view !== pages.view || desk.current !== question) return;
      if (!words.length) throw new Error("nothing was read on it");
      this.start(question, view, words);
    } catch {
      desk.notes.hint("This page has no words to pick: type the value");
    }
  }

  start(question, view, words) {
    const { page, box } = question.place;
    const near = page === view.dataset.page && box.length ? { x: box[0], y: (box[1] + box[3]) / 2 } : null;
    this.picker = new WordPicker({
      view,
      words,
      near,
      moved: (place) => this.desk.pages.show(place),
      picked: (value) => {
        question.take(value);
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
      this.end();
      this.desk.select(this.desk.current);
      return true;
    }
    if (focus === "control") return false;
    if (this.picker.pressed(key)) {
      if (key.startsWith("Arrow")) this.desk.notes.say(this.picker.cursorText);
      return true;
    }
    if (key !== "Enter") return false;
    this.desk.current.save();
    return true;
  }

  // keep: the picked value goes to the server with its place; else both are dropped.
  end({ keep = false } = {}) {
    if (!this.picker) return;
    this.picker.end();
    this.picker = null;
    if (!keep) this.desk.current?.forget();
    this.hint("");
  }
}
