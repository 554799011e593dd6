// The case after this one. The server keeps it for the person while this one is answered:
// its desk comes ahead, its pictures are decoded, and the key that ends this case shows it.
// It takes no answer before the server has said that the person holds it. Where it says
// something else, what was here comes back as it was left.
import { openingView } from "./desk-view.js";
import { tilesAhead } from "./page-tiles.js";
import { csrfToken } from "./reservation.js";

// What differs each time that a desk is drawn, and says nothing of the case.
const HOLDS = ["token"];
const NUMBERS = ["token", "decision_id", "note_id", "undoes", "csrfmiddlewaretoken"];
const numbersIn = (desk) =>
  desk.querySelectorAll(NUMBERS.map((name) => `input[name="${name}"]`).join(","));

export class NextCase {
  constructor(desk) {
    this.desk = desk;
    this.kept = this.until = 0;
  }

  // Fetches it with its pictures; where that fails, they come when they are needed.
  async prepare({ page = false } = {}) {
    const { ahead, token } = this.desk.dataset;
    const within = this.desk.querySelector('[name="within"]').value;
    const asked = performance.now();
    const response = await fetch(ahead, {
      method: "POST",
      body: new URLSearchParams({ token, within, csrfmiddlewaretoken: csrfToken() }),
      headers: { Accept: "application/json" },
      priority: "low",
    });
    if (!response.ok) return;
    const { desk: html, seconds, stamp } = await response.json();
    const drawn = html && deskIn(html);
    if (!drawn) return;
    this.stamp = stamp;
    this.kept = seconds * 1000;
    this.until = asked + this.kept;
    this.withPage = page;
    this.drawn = drawn;
    this.ready = this.made();
    const pictures = [...this.ready.querySelectorAll("img[src]")];
    await Promise.allSettled(pictures.map((picture) => picture.decode()));
    if (page) await this.prepareTiles();
  }

  // Those that a page too large for its picture will begin with, in a frame like this one.
  async prepareTiles() {
    const next = this.shown ?? this.ready;
    const picture = next?.querySelector("page-view img[data-tiles]");
    const frame = this.desk.pages.view?.frameSize;
    if (!picture?.naturalWidth || !frame?.width) return;
    const { naturalWidth: width, naturalHeight: height } = picture;
    const paper = { width: frame.width, height: (frame.width * height) / width };
    const first = next.querySelector(".question:not([data-decided], [data-settled])");
    const here = first?.dataset.page === next.querySelector("page-view").dataset.page;
    const view = openingView(here ? JSON.parse(first.dataset.box || "[]") : [], paper, frame);
    const wanted = () => !this.desk.life.signal.aborted;
    // Kept, so that the browser does not give them up.
    this.tiles = await tilesAhead(picture.dataset.tiles, { width, paper, view, frame }, wanted);
  }

  // Ready to be put in. Its pictures come and are decoded meanwhile: its crops, and where
  // there is room for it the page that it begins with.
  made() {
    const desk = document.importNode(this.drawn, true);
    const picture = this.withPage && desk.querySelector("page-view img[data-src]");
    if (picture) {
      picture.src = picture.dataset.src;
      delete picture.dataset.src;
    }
    return desk;
  }

  // A heartbeat has kept it for another while.
  renewed() {
    this.until = performance.now() + this.kept;
  }

  // The desk that was sent ahead, with what the reservation made new.
  heldBy({ token, undoes }) {
    const desk = document.importNode(this.drawn, true);
    desk.dataset.token = token;
    for (const field of desk.querySelectorAll('input[name="token"]')) field.value = token;
    const undo = desk.querySelector("[data-undo]");
    if (undo) {
      undo.hidden = !undoes;
      undo.querySelector('[name="undoes"]').value = undoes;
    }
    return desk;
  }

  // While the last answer is on its way; false where the next case is not here, or might
  // be somebody else's by now.
  show() {
    if (!this.ready || this.shown || performance.now() > this.until) return false;
    this.shown = this.ready;
    this.ready = null;
    this.shown.dataset.early = "";
    this.desk.stepAside(this.shown);
    return true;
  }

  // The case that was here is not done after all.
  takeBack() {
    if (!this.shown) return;
    this.shown.replaceWith(this.desk);
    this.shown = null;
    this.ready = this.made();
  }

  // From a case that is done to the one that came with the last answer. says: what that
  // answer has brought about, as the server words it. held: nothing has changed since the
  // desk was sent ahead.
  goOn({ following, says, desk: html, held: unchanged }) {
    const { desk } = this;
    const next = unchanged ? this.heldBy(unchanged) : html && deskIn(html);
    if (!next) {
      this.takeBack();
      desk.end();
      desk.notes.state(says, "good");
      location.assign(following);
      return;
    }
    history.pushState(null, "", following);
    document.title = next.dataset.title;
    const same = unchanged || (this.drawn && isSame(this.drawn, next));
    if (same && this.shown) {
      desk.end();
      this.shown.given(next, says);
      return;
    }
    const held = same && this.ready ? this.ready : next;
    if (held !== next) takeOver(held, next);
    held.dataset.after = says;
    (this.shown ?? desk).replaceWith(held);
    desk.end();
  }
}

// Whether two desks show the same.
export function isSame(one, other) {
  return blank(one).outerHTML === blank(other).outerHTML;
}

function blank(desk) {
  const copy = desk.cloneNode(true);
  for (const name of HOLDS) copy.dataset[name] = "";
  for (const field of numbersIn(copy)) field.setAttribute("value", "");
  copy.querySelector("[data-undo]")?.removeAttribute("hidden");
  return copy;
}

// Gives a desk what another one of the same case was drawn with.
export function takeOver(desk, other) {
  for (const name of HOLDS) desk.dataset[name] = other.dataset[name];
  const given = numbersIn(other);
  numbersIn(desk).forEach((field, index) => (field.value = given[index].value));
  const undo = desk.querySelector("[data-undo]");
  if (undo) undo.hidden = other.querySelector("[data-undo]").hidden;
}

function deskIn(html) {
  const desk = new DOMParser().parseFromString(html, "text/html").querySelector("review-desk");
  // For pages without scripts; the parser of documents takes what is in them for elements.
  for (const one of desk?.querySelectorAll("noscript") ?? []) one.remove();
  return desk;
}

// Back to an earlier case is a page of its own.
addEventListener("popstate", () => location.reload());
