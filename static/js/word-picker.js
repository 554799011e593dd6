// Picking a value on the page: its first and its last word, by pointer or by keys. The
// words lie over the page picture while somebody picks: all of them are one shape, since
// a page may have thousands, and which one is meant is reckoned from the point.
import { turnedBox } from "./picture-look.js";
import { boxOf, nearest, outlines, range, regionOf, step, textOf, wordAt } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

export class WordPicker {
  // picked({text, region}) hears every change, moved(box) where the cursor went.
  constructor({ view, words, near, picked, moved }) {
    Object.assign(this, { view, words, picked, moved });
    this.first = this.last = null;
    this.hovered = this.from = -1;
    this.cursor = words.length ? nearest(words, near ?? { x: 0.5, y: 0.1 }) : -1;
    this.layer = this.draw();
    this.frame = view.querySelector("[data-frame]");
    this.life = new AbortController();
    const options = { signal: this.life.signal, capture: true };
    this.layer.addEventListener("click", (event) => this.clicked(event), options);
    this.layer.addEventListener("pointerdown", (event) => this.press(event), options);
    this.layer.addEventListener("pointermove", (event) => this.hover(event), options);
    view.toggleAttribute("data-picking", true);
    this.paint();
  }

  draw() {
    const layer = document.createElementNS(SVG, "svg");
    layer.setAttribute("class", "words");
    layer.setAttribute("viewBox", "0 0 1 1");
    layer.setAttribute("preserveAspectRatio", "none");
    layer.setAttribute("aria-hidden", "true");
    this.shapes = {};
    for (const name of ["all", "chosen", "hover", "cursor"]) {
      const shape = document.createElementNS(SVG, "path");
      shape.setAttribute("class", `is-${name}`);
      this.shapes[name] = shape;
      layer.append(shape);
    }
    this.outline("all", this.words);
    this.view.querySelector("[data-sheet]").append(layer);
    return layer;
  }

  outline(name, words) {
    this.shapes[name].setAttribute("d", outlines(words));
  }

  // The word under the pointer, -1 for none.
  at({ clientX, clientY }) {
    const { left, top, width, height } = this.layer.getBoundingClientRect();
    const [across, down] = [(clientX - left) / width, (clientY - top) / height];
    const [x, y] = turnedBox([across, down, across, down], 4 - this.view.turns);
    return wordAt(this.words, { x, y });
  }

  // With the mouse also from the word that is pressed to the one where it is let go; a
  // press between words moves the page, as ever.
  press(event) {
    this.from = event.pointerType === "mouse" && event.button === 0 ? this.at(event) : -1;
    this.dragged = false;
  }

  drag(event, word) {
    event.stopPropagation();
    if (word < 0 || (!this.dragged && word === this.from)) return;
    this.dragged = true;
    if (word === this.last && this.first === this.from) return;
    [this.first, this.last, this.cursor] = [this.from, word, word];
    this.tell();
  }

  hover(event) {
    const word = this.at(event);
    if (this.from >= 0 && event.buttons === 1) this.drag(event, word);
    if (word === this.hovered) return;
    this.hovered = word;
    this.outline("hover", word < 0 ? [] : [this.words[word]]);
  }

  clicked(event) {
    if (this.dragged) {
      this.dragged = false;
      event.stopPropagation();
      return;
    }
    const word = this.at(event);
    if (word < 0 || this.view.gestures?.dragged) return;
    event.stopPropagation();
    this.mark(word);
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
    this.tell();
  }

  tell() {
    this.paint();
    const chosen = range(this.words, this.first, this.last ?? this.first);
    const region = regionOf(chosen, this.view.dataset.page);
    this.picked({ text: textOf(chosen), region, box: boxOf(region) });
  }

  get cursorText() {
    return this.cursor < 0 ? "" : this.words[this.cursor][0];
  }

  paint() {
    const [from, to] = [this.first, this.last ?? this.first];
    this.outline("chosen", from === null ? [] : range(this.words, from, to));
    this.outline("cursor", this.cursor < 0 ? [] : [this.words[this.cursor]]);
    this.layer.dataset.cursor = this.cursor;
  }

  end() {
    this.life.abort();
    this.layer.remove();
    this.view.removeAttribute("data-picking");
  }
}
