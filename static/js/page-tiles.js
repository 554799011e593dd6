// The sharp tiles over a page picture that is shown larger than it is: those that the
// frame shows, and no others are kept. Asked for when somebody first looks that closely.
import { paperView } from "./picture-look.js";
import { isCoarse, levelFor, tilesIn } from "./tile-grid.js";

const PAUSE = 120; // milliseconds that a view must stand
const ASK_AGAIN = 800;
const PATIENCE = 120_000;

export class PageTiles {
  constructor(view, url) {
    this.view = view;
    this.url = url;
    this.shown = new Map();
  }

  // The view has moved.
  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.update(), PAUSE);
  }

  end() {
    clearTimeout(this.timer);
    this.ended = true;
  }

  get pixels() {
    return this.view.paperSize.width * this.view.view.scale * devicePixelRatio;
  }

  async update() {
    const { naturalWidth } = this.view.image;
    if (!naturalWidth || !isCoarse(naturalWidth, this.pixels)) {
      this.clear();
      return;
    }
    this.asked ??= this.ask();
    const grid = await this.asked;
    if (!grid || this.ended || !isCoarse(naturalWidth, this.pixels)) return;
    this.paint(grid);
  }

  async ask() {
    const until = performance.now() + PATIENCE;
    while (!this.ended && performance.now() < until) {
      const response = await fetch(this.url, { headers: { Accept: "application/json" } });
      const answer = response.ok ? await response.json() : { state: "none" };
      if (answer.state === "ready") return answer;
      if (answer.state !== "making") return null;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
    }
    return null;
  }

  get layer() {
    if (!this.made) {
      this.made = document.createElement("div");
      this.made.className = "page-tiles";
      this.made.setAttribute("aria-hidden", "true");
      this.view.image.after(this.made);
    }
    return this.made;
  }

  paint(grid) {
    const { paperSize } = this.view;
    const { view, frame } = paperView(this.view, paperSize);
    const level = levelFor(grid.levels, this.pixels);
    const wanted = new Map();
    for (const tile of tilesIn(grid, level, view, paperSize, frame)) {
      wanted.set(`${level}/${tile.x}-${tile.y}`, tile);
    }
    // Coarser ones stay until the finer ones are there.
    const fresh = [...wanted].filter(([key]) => !this.shown.has(key));
    const loaded = fresh.map(([key, tile]) => this.put(key, tile));
    Promise.allSettled(loaded).then(() => this.keep(wanted));
  }

  put(key, { left, top, width, height }) {
    const picture = new Image();
    picture.alt = "";
    picture.draggable = false;
    picture.src = `${this.url}${key}.jpg`;
    const share = (part) => `${part * 100}%`;
    Object.assign(picture.style, {
      left: share(left),
      top: share(top),
      width: share(width),
      height: share(height),
    });
    this.shown.set(key, picture);
    this.layer.append(picture);
    return picture.decode();
  }

  keep(wanted) {
    for (const [key, picture] of this.shown) {
      if (wanted.has(key)) continue;
      picture.remove();
      this.shown.delete(key);
    }
  }

  clear() {
    this.keep(new Map());
  }
}
