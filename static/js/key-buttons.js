// <key-buttons>: a key presses the button inside that carries it in data-key.
import { actionFor, focusOf } from "./keymap.js";

class KeyButtons extends HTMLElement {
  connectedCallback() {
    this.life = new AbortController();
    document.addEventListener("keydown", (event) => this.pressed(event), {
      signal: this.life.signal,
    });
  }

  disconnectedCallback() {
    this.life.abort();
  }

  pressed(event) {
    const [does, key] = actionFor(event, focusOf(event.target)).split(":");
    const button = does === "press" && this.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }
}

customElements.define("key-buttons", KeyButtons);
