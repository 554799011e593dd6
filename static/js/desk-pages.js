// The pages of a case: one page view at a time, the others wait as templates. The crops of
// the fields come first; a page's picture comes after them, or on a small screen and on a
// line that is paid by the byte when somebody asks for it.
import { viewInContext } from "./desk-view.js";
import "./page-view.js";

const ON_DEMAND = "(max-width: 40rem)";
// Whoever asked for a page keeps it in the next cases.
let asked = false;

export class DeskPages {
  constructor(root) {
    this.root = root;
    const button = root?.querySelector("[data-open-page]");
    button?.addEventListener("click", () => this.openPage());
    this.kept = new Map();
    this.wanted = null;
    // Lines over the picture stay thin, however far it is zoomed.
    root?.addEventListener("page-view:change", ({ target, detail }) => {
      target.sheet.style.setProperty("--scale", detail.view.scale);
    });
    root?.addEventListener("click", (event) => {
      const link = event.target.closest("[data-turn]");
      if (!link || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      this.turn(link.dataset.turn);
    });
  }

  // Whether pages are shown without being asked for.
  get open() {
    return asked || !(matchMedia(ON_DEMAND).matches || navigator.connection?.saveData);
  }

  // crops: the pictures to wait for.
  async begin(crops) {
    if (!this.view) return;
    // A small screen begins with the page closed: by its style, so that nothing moves.
    this.root.toggleAttribute("data-open", this.open);
    this.root.toggleAttribute("data-waits", !this.open);
    await Promise.allSettled(crops.map((crop) => crop.decode()));
    if (!this.open) return;
    this.view?.demand();
    await this.view?.image?.decode().catch(() => {});
  }

  openPage() {
    asked = true;
    this.root.setAttribute("data-open", "");
    this.root.removeAttribute("data-waits");
    this.view?.demand();
    // While it was closed it had no size to be moved in.
    if (this.place) this.look(this.place);
  }

  get view() {
    return this.root?.querySelector("page-view") ?? null;
  }

  get page() {
    return this.view?.dataset.page ?? "";
  }

  // Shows a page; false where there is none of that number.
  turn(page) {
    const shown = this.view;
    if (!shown || !page || page === shown.dataset.page) return Boolean(shown && page);
    const next = this.kept.get(page) ?? this.fresh(page);
    if (!next) return false;
    this.kept.set(shown.dataset.page, shown);
    shown.replaceWith(next);
    if (this.open) next.demand();
    for (const link of this.root.querySelectorAll("[data-turn]")) {
      if (link.dataset.turn === page) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.root.dispatchEvent(new CustomEvent("desk:turned", { bubbles: true, detail: { page } }));
    return true;
  }

  fresh(page) {
    const template = this.root.querySelector(`template[data-page="${CSS.escape(page)}"]`);
    return template && document.importNode(template.content, true).querySelector("page-view");
  }

  // Brings a field's box into view and lights it alone.
  look(place) {
    const { slot, page, box } = place;
    this.place = place;
    if (!this.turn(page)) return;
    this.view.light(slot ? [slot] : []);
    if (!box?.length) return;
    // A picture that was just put in has no size before the next frame.
    requestAnimationFrame(() => this.show(box));
  }

  // Lights one place that has no box of its own drawn.
  spot({ page, box }) {
    if (!page || !box.length || !this.turn(page)) return;
    this.view.light([]);
    this.view.spot(box);
    requestAnimationFrame(() => this.show(box));
  }

  show(box) {
    const { view } = this;
    if (!view?.show) return;
    const place = view.turned(box);
    view.show(viewInContext(place, view.view, view.sheetSize, view.frameSize), { smooth: true });
  }

  async wordsOf(page) {
    const link = this.root.querySelector(`[data-words="${CSS.escape(page)}"]`);
    if (!link) return [];
    const response = await fetch(link.dataset.href, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`no words: ${response.status}`);
    const answer = await response.json();
    return answer.words ?? [];
  }
}
