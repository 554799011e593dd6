// <page-view>: a page picture under its boxes, with zoom and pan. The server draws both;
// without it the frame scrolls. Bubbling events: page-view:change {view}, page-view:box {slot}.
import * as geometry from "./geometry.js";
import { Gestures } from "./gestures.js";
import { Remembered, nextContrast, turnCss, turnedBox, turnedSize } from "./picture-look.js";
import { PageTiles } from "./page-tiles.js";

const PAN_STEP = 60;
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class PageView extends HTMLElement {
  connectedCallback() {
    this.frame = this.querySelector("[data-frame]");
    this.sheet = this.querySelector("[data-sheet]");
    this.image = this.querySelector("[data-sheet] img");
    if (!this.frame || !this.image) return;
    this.view = { scale: 1, x: 0, y: 0 };
    this.remembered = new Remembered(document.body.dataset.user ?? "");
    // A picture that waits is not in its src yet.
    this.picture = this.image.dataset.src ?? this.image.getAttribute("src");
    this.turns = Number(this.remembered.get(`turns ${this.picture}`) ?? 0);
    this.setContrast(this.remembered.get("contrast") ?? "usual");
    const { tiles } = this.image.dataset;
    this.tiles = tiles ? new PageTiles(this, tiles) : null;
    this.touched = false;
    this.life = new AbortController();
    const options = { signal: this.life.signal };
    this.addEventListener("click", (event) => this.clicked(event), options);
    this.frame.addEventListener("keydown", (event) => this.pressed(event), options);
    const active = { ...options, passive: false };
    this.frame.addEventListener("wheel", (event) => this.wheeled(event), active);
    this.image.addEventListener("load", () => this.resized(), options);
    this.gestures = new Gestures(this.frame, this, this.life.signal);
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.frame);
    this.classList.add("is-live");
    this.resized();
  }

  disconnectedCallback() {
    this.life?.abort();
    this.sizes?.disconnect();
    this.tiles?.end();
  }

  // Fetches a picture that waits until it is needed.
  demand() {
    const { src } = this.image.dataset;
    if (!src) return;
    delete this.image.dataset.src;
    this.image.src = src;
  }

  get frameSize() {
    return { width: this.frame.clientWidth, height: this.frame.clientHeight };
  }

  // As it lies before the frame: turned.
  get sheetSize() {
    return turnedSize(this.paperSize, this.turns);
  }

  get paperSize() {
    const width = this.frame.clientWidth;
    const { naturalWidth, naturalHeight, attributes } = this.image;
    const w = naturalWidth || Number(attributes.width?.value);
    const h = naturalHeight || Number(attributes.height?.value);
    return { width, height: w && h ? (width * h) / w : width };
  }

  // Applies a view; smooth moves are left to CSS, which obeys prefers-reduced-motion.
  show(view, { smooth = false, touched = true } = {}) {
    this.view = view;
    this.touched = touched;
    this.toggleAttribute("data-smooth", smooth);
    const move = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    this.sheet.style.transform = move + turnCss(this.paperSize, this.turns);
    // The boxes' lines stay thin: SVG's own non-scaling stroke knows no CSS transforms.
    this.sheet.style.setProperty("--scale", String(view.scale));
    const { width, height } = this.sheetSize;
    const frame = this.frameSize;
    this.toggleAttribute(
      "data-movable",
      width * view.scale > frame.width + 1 || height * view.scale > frame.height + 1,
    );
    this.toggleAttribute("data-zoomed", view.scale > 1.01);
    this.tiles?.changed();
    this.dispatchEvent(new CustomEvent("page-view:change", { bubbles: true, detail: { view } }));
  }

  resized() {
    const [sheet, frame] = [this.sheetSize, this.frameSize];
    if (!frame.width || !frame.height) return;
    if (!this.touched) this.show(geometry.firstView(sheet, frame), { touched: false });
    else if (this.focused) this.focusBox(this.focused, { smooth: false });
    else this.show(geometry.clampView(this.view, sheet, frame));
  }

  // A place of the page, in fractions of the page as it lies.
  turned(box) {
    return turnedBox(box, this.turns);
  }

  focusBox(box, { smooth = true } = {}) {
    this.focused = box;
    const place = this.turned(box);
    this.show(geometry.viewForBox(place, this.view, this.sheetSize, this.frameSize), { smooth });
  }

  turn() {
    this.turns = (this.turns + 1) % 4;
    this.remembered.set(`turns ${this.picture}`, this.turns);
    this.whole();
    if (this.litBox) this.show(geometry.viewForBox(this.litBox, this.view, this.sheetSize, this.frameSize));
    this.tell(this.turns ? `Picture turned by ${this.turns * 90} degrees` : "Picture as it was");
  }

  setContrast(look) {
    this.contrast = look;
    this.dataset.contrast = look;
    const button = this.querySelector('[data-page-tool="contrast"]');
    if (button) button.ariaLabel = `Contrast of the picture: ${look}`;
  }

  changeContrast() {
    this.setContrast(nextContrast(this.contrast));
    this.remembered.set("contrast", this.contrast);
    this.tell(`Contrast: ${this.contrast}`);
  }

  tell(text) {
    this.dispatchEvent(new CustomEvent("page-view:tells", { bubbles: true, detail: { text } }));
  }

  whole() {
    this.focused = null;
    this.show(geometry.fitPage(this.sheetSize, this.frameSize), { smooth: true });
  }

  width() {
    this.focused = null;
    this.show(geometry.fitWidth(this.sheetSize, this.frameSize), { smooth: true });
  }

  zoomBy(factor, point = null, { smooth = true } = {}) {
    const frame = this.frameSize;
    const at = point ?? geometry.zoomPoint(this.litBox, this.view, this.sheetSize, frame);
    this.focused = null;
    this.show(geometry.zoomAt(this.view, factor, at, this.sheetSize, frame), { smooth });
  }

  // Whether the picture moved; at an edge it does not, and the page may scroll instead.
  panBy(dx, dy, { smooth = false } = {}) {
    const moved = geometry.panBy(this.view, dx, dy, this.sheetSize, this.frameSize);
    if (moved.x === this.view.x && moved.y === this.view.y) return false;
    this.focused = null;
    this.show(moved, { smooth });
    return true;
  }

  pinch(before, after) {
    this.focused = null;
    this.show(geometry.pinch(this.view, before, after, this.sheetSize, this.frameSize));
  }

  get litBox() {
    const box = this.querySelector("svg .is-lit");
    if (!box) return null;
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) =>
      Number(box.getAttribute(name)),
    );
    return this.turned([x, y, x + width, y + height]);
  }

  // One more box, for what has none drawn: documents may have thousands of cells.
  spot([left, top, right, bottom]) {
    const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const edges = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [name, edge] of Object.entries(edges)) box.setAttribute(name, edge);
    box.setAttribute("class", "is-lit");
    box.dataset.spot = "";
    this.querySelector("svg.citations")?.append(box);
  }

  // Lights the boxes of these slots, and those only.
  light(slots) {
    this.querySelector("[data-spot]")?.remove();
    for (const box of this.querySelectorAll("[data-slot]")) {
      box.classList.toggle("is-lit", slots.includes(box.dataset.slot));
    }
  }

  tool(name) {
    if (name === "in") this.zoomBy(geometry.STEP);
    else if (name === "out") this.zoomBy(1 / geometry.STEP);
    else if (name === "whole") this.whole();
    else if (name === "width") this.width();
    else if (name === "turn") this.turn();
    else if (name === "contrast") this.changeContrast();
  }

  clicked(event) {
    this.tool(event.target.closest("[data-page-tool]")?.dataset.pageTool);
    const slot = event.target.closest("svg [data-slot]")?.dataset.slot;
    if (!slot || this.gestures.dragged) return;
    this.dispatchEvent(new CustomEvent("page-view:box", { bubbles: true, detail: { slot } }));
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") this.zoomBy(geometry.STEP);
    else if (event.key === "-") this.zoomBy(1 / geometry.STEP);
    else if (event.key === "0") this.whole();
    else if (event.key in ARROWS) {
      const [x, y] = ARROWS[event.key].map((way) => way * PAN_STEP);
      if (!this.panBy(x, y, { smooth: true })) return;
    } else return;
    event.preventDefault();
  }

  wheeled(event) {
    const edges = this.frame.getBoundingClientRect();
    const point = { x: event.clientX - edges.left, y: event.clientY - edges.top };
    if (event.ctrlKey || event.metaKey) {
      this.zoomBy(Math.exp(-event.deltaY / 300), point, { smooth: false });
    } else if (!this.panBy(-event.deltaX, -event.deltaY)) return;
    event.preventDefault();
  }
}

customElements.define("page-view", PageView);
