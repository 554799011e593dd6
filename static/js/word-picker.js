// Picking a value on the page: its first and its last word, by pointer or by keys. The
// words lie over the page picture while somebody picks.
import { boxOf, nearest, range, regionOf, step, textOf } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

export class WordPicker {
  // picked({text, region}) hears every change, moved(box) where the cursor went.
  constructor({ view, words, near, picked, moved }) {
    Object.assign(this, { view, words, picked, moved });
    this.first = this.last = null;
    this.cursor = words.length ? nearest(words, near ?? { x: 0.5, y: 0.1 }) : -1;
    this.layer = this.draw();
    this.frame = view.querySelector("[data-frame]");
    this.life = new AbortController();
    const options = { signal: this.life.signal, capture: true };
    this.layer.addEventListener("click", (event) => this.clicked(event), options);
    view.toggleAttribute("data-picking", true);
    this.paint();
  }

  draw() {
    const layer = document.createElementNS(SVG, "svg");
    layer.setAttribute("class", "words");
    layer.setAttribute("viewBox", "0 0 1 1");
    layer.setAttribute("preserveAspectRatio", "none");
    layer.setAttribute("aria-hidden", "true");
    for (const [index, word] of this.words.entries()) {
      const rect = document.createElementNS(SVG, "rect");
      rect.dataset.word = index;
      rect.setAttribute("x", word[1]);
      rect.setAttribute("y", word[2]);
      rect.setAttribute("width", word[3] - word[1]);
      rect.setAttribute("height", word[4] - word[2]);
      layer.append(rect);
    }
    this.view.querySelector("[data-sheet]").append(layer);
    return layer;
  }

  clicked(event) {
    const rect = event.target.closest("[data-word]");
    if (!rect || this.view.gestures?.dragged) return;
    event.stopPropagation();
    this.mark(Number(rect.dataset.word));
  }

  // True where the key was for picking.
  pressed(key) {
    if (this.cursor < 0) return false;
    if (ARROWS.includes(key)) {
      this.cursor = step(this.words, this.cursor, key);
      this.paint();
      this.moved(this.words[this.cursor].slice(1, 5));
      return true;
    }
    if (key === " " || (key === "Enter" && this.first === null)) {
      this.mark(this.cursor);
      return true;
    }
    return false;
  }

  mark(index) {
    this.cursor = index;
    if (this.first === null || this.last !== null) [this.first, this.last] = [index, null];
    else this.last = index;
    this.paint();
    const chosen = range(this.words, this.first, this.last ?? this.first);
    const region = regionOf(chosen, this.view.dataset.page);
    this.picked({ text: textOf(chosen), region, box: boxOf(region) });
  }

  get cursorText() {
    return this.cursor < 0 ? "" : this.words[this.cursor][0];
  }

  paint() {
    const [from, to] = [this.first, this.last ?? this.first].sort((a, b) => a - b);
    for (const rect of this.layer.children) {
      const index = Number(rect.dataset.word);
      const chosen = this.first !== null && index >= from && index <= to;
      rect.classList.toggle("is-chosen", chosen);
      rect.classList.toggle("is-cursor", index === this.cursor);
    }
  }

  end() {
    this.life.abort();
    this.layer.remove();
    this.view.removeAttribute("data-picking");
  }
}
