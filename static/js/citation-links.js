// <citation-links>: a page view and the fields read from it. A field and its box light up
// together; a focused field brings its box into view; a clicked box focuses its field.
// Fields carry data-slot, data-box ("[l,t,r,b]") and data-page.
import "./page-view.js";

class CitationLinks extends HTMLElement {
  connectedCallback() {
    this.life = new AbortController();
    const options = { signal: this.life.signal };
    this.addEventListener("pointerover", (event) => this.light(event.target), options);
    this.addEventListener("pointerleave", () => this.light(document.activeElement), options);
    this.addEventListener("click", (event) => this.clicked(event), options);
    this.addEventListener("focusin", (event) => this.focused(event.target), options);
    this.addEventListener("page-view:box", (event) => this.find(event.detail.slot), options);
    const wanted = this.dataset.show && this.field(this.dataset.show);
    if (wanted) requestAnimationFrame(() => this.focused(wanted));
  }

  disconnectedCallback() {
    this.life.abort();
  }

  get pageView() {
    return this.querySelector("page-view");
  }

  field(slot) {
    const fields = [...this.querySelectorAll("[data-slot]")];
    return fields.find((one) => one.dataset.slot === slot && !one.closest("svg"));
  }

  light(target) {
    const slot = target?.closest?.("[data-slot]")?.dataset.slot;
    for (const one of this.querySelectorAll("[data-slot]")) {
      one.classList.toggle("is-lit", Boolean(slot) && one.dataset.slot === slot);
    }
  }

  focused(target) {
    const field = target.closest("[data-slot][data-box]");
    this.light(target);
    if (!field || field.closest("svg")) return;
    if (field.dataset.page !== this.pageView?.dataset.page) return;
    this.pageView.focusBox(JSON.parse(field.dataset.box));
  }

  // A link to a place on the page that is shown already needs no new page.
  clicked(event) {
    const link = event.target.closest("a[data-here]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.focused(link);
  }

  find(slot) {
    const field = this.field(slot);
    if (!field) return;
    const inner = field.matches("a, button, input, [tabindex]") ? field : field.querySelector("a, button, input, [tabindex]");
    (inner ?? field).focus();
    field.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("citation-links", CitationLinks);
