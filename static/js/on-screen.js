// Tells once for each element that it was on screen whole, with its picture, long enough
// to be seen; a page in the background shows nothing.

const LONG_ENOUGH = 250; // milliseconds

export class OnScreen {
  // seen(element); below: pixels at the window's foot that something else covers.
  constructor(seen, { below = 0 } = {}) {
    this.seen = seen;
    this.timers = new Map();
    this.visible = new Set();
    this.ready = new Set();
    this.watcher = new IntersectionObserver((entries) => this.moved(entries), {
      threshold: [0, 0.95],
      rootMargin: `0px 0px -${below}px 0px`,
    });
    this.heard = () => this.look();
    document.addEventListener("visibilitychange", this.heard);
  }

  // picture: the address of the one that the element draws, where it holds no <img> of
  // its own; "" for none.
  watch(element, picture, broken) {
    this.watcher.observe(element);
    const ready = () => {
      this.ready.add(element);
      this.look();
    };
    const own = element.querySelector("img");
    const image = own ?? new Image();
    if (!own && picture) image.src = picture;
    if (!image.src) ready();
    else image.decode().then(ready, () => broken(element));
  }

  moved(entries) {
    for (const { target, intersectionRatio } of entries) {
      if (intersectionRatio >= 0.95) this.visible.add(target);
      else this.visible.delete(target);
    }
    this.look();
  }

  look() {
    for (const [element, timer] of this.timers) {
      if (this.visible.has(element) && !document.hidden) continue;
      clearTimeout(timer);
      this.timers.delete(element);
    }
    if (document.hidden) return;
    for (const element of this.visible) {
      if (!this.ready.has(element) || this.timers.has(element)) continue;
      this.timers.set(element, setTimeout(() => this.tell(element), LONG_ENOUGH));
    }
  }

  tell(element) {
    this.timers.delete(element);
    this.visible.delete(element);
    this.watcher.unobserve(element);
    this.seen(element);
  }

  end() {
    this.watcher.disconnect();
    document.removeEventListener("visibilitychange", this.heard);
    for (const timer of this.timers.values()) clearTimeout(timer);
  }
}
