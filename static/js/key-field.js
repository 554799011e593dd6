// <key-fields>: in its fields the key that is pressed is the value. Tab leaves, Escape
// leaves too; Backspace and Delete empty the field.
import { nameOf } from "./key-names.js";

class KeyFields extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.pressed(event));
  }

  pressed(event) {
    const { target: field, key } = event;
    if (field.tagName !== "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Escape") field.blur();
    else if (key === "Backspace" || key === "Delete") field.value = "";
    else {
      const name = nameOf(key);
      if (!name) return;
      field.value = name;
    }
    event.preventDefault();
  }
}

customElements.define("key-fields", KeyFields);
