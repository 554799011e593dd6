// The sharp tiles over a page picture that is shown larger than it is: those that the
// frame shows, and no others are kept. Asked for when somebody first looks that closely.
import { paperView } from "./picture-look.js";
import { isCoarse, levelFor, tilesIn } from "./tile-grid.js";

const PAUSE = 120; // milliseconds that a view must stand
const ASK_AGAIN = 800;
const PATIENCE = 120_000;

// Which tiles there are, when they are made: {tile, levels}; null where there are none.
// wanted(): whether anybody still waits for them.
async function gridAt(url, wanted) {
  const until = performance.now() + PATIENCE;
  while (wanted() && performance.now() < until) {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    const answer = response.ok ? await response.json() : { state: "none" };
    if (answer.state === "ready") return answer;
    if (answer.state !== "making") return null;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
  }
  return null;
}

const addressOf = (url, level, { x, y }) => `${url}${level}/${x}-${y}.jpg`;

// Has those made and fetched that a page will be shown with; gives their pictures. paper
// and frame: its sizes then; view: how it will lie; width: of its picture, in pixels.
export async function tilesAhead(url, { width, paper, view, frame }, wanted) {
  const pixels = paper.width * view.scale * devicePixelRatio;
  const grid = isCoarse(width, pixels) ? await gridAt(url, wanted) : null;
  if (!grid) return [];
  const level = levelFor(grid.levels, pixels);
  return tilesIn(grid, level, view, paper, frame).map((tile) =>
    Object.assign(new Image(), { fetchPriority: "low", src: addressOf(url, level, tile) }),
  );
}

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
    this.asked ??= gridAt(this.url, () => !this.ended);
    const grid = await this.asked;
    if (!grid || this.ended || !isCoarse(naturalWidth, this.pixels)) return;
    this.paint(grid);
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
      wanted.set(addressOf(this.url, level, tile), tile);
    }
    // Coarser ones stay until the finer ones are there.
    const fresh = [...wanted].filter(([address]) => !this.shown.has(address));
    const loaded = fresh.map(([address, tile]) => this.put(address, tile));
    Promise.allSettled(loaded).then(() => this.keep(wanted));
  }

  put(address, { left, top, width, height }) {
    const picture = new Image();
    picture.alt = "";
    picture.draggable = false;
    picture.src = address;
    const share = (part) => `${part * 100}%`;
    Object.assign(picture.style, {
      left: share(left),
      top: share(top),
      width: share(width),
      height: share(height),
    });
    this.shown.set(address, picture);
    this.layer.append(picture);
    return picture.decode();
  }

  keep(wanted) {
    for (const [address, picture] of this.shown) {
      if (wanted.has(address)) continue;
      picture.remove();
      this.shown.delete(address);
    }
  }

  clear() {
    this.keep(new Map());
  }
}
