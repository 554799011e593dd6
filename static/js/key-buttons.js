// <key-buttons>: a key presses the button inside that carries it in data-key.
import { actionFor, focusOf } from "./keymap.js";
import { keysOf, showKeys } from "./own-keys.js";

class KeyButtons extends HTMLElement {
  connectedCallback() {
    this.life = new AbortController();
    this.keys = keysOf(this);
    showKeys(this, this.keys);
    document.addEventListener("keydown", (event) => this.pressed(event), {
      signal: this.life.signal,
    });
  }

  disconnectedCallback() {
    this.life.abort();
  }

  pressed(event) {
    const [does, key] = actionFor(event, focusOf(event.target), this.keys).split(":");
    const button = does === "press" && this.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }
}

customElements.define("key-buttons", KeyButtons);
