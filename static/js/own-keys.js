// A person's own keys. Every action is known by its usual key, which buttons carry in
// data-key: what is pressed is first translated into that. Pure, but for showKeys().
import { isSign, meant, shown } from "./key-names.js";

export const USUAL = { own: {}, off: false };

// keys: {own: {usual key: own key, "" for none}, off: no letters, digits and signs}.
// Gives the usual key of what the pressed one does, "" where it does nothing.
export function usualOf(key, { own, off }) {
  if (off && isSign(key)) return "";
  const plain = isSign(key) ? key.toLowerCase() : key;
  for (const [usual, mine] of Object.entries(own)) if (mine === plain) return usual;
  return plain in own ? "" : key;
}

// The key that does what the usual one did, "" where none does.
export function ownOf(usual, { own, off }) {
  const key = own[usual] ?? usual;
  return off && isSign(key) ? "" : key;
}

export function keysOf(element) {
  const text = element.dataset.keys;
  return text ? JSON.parse(text) : USUAL;
}

// Puts the actual keys on everything inside that names one.
export function showKeys(root, keys) {
  for (const kbd of root.querySelectorAll("kbd")) {
    kbd.dataset.usual ??= meant(kbd.textContent);
    const key = ownOf(kbd.dataset.usual, keys);
    kbd.textContent = shown(key);
    kbd.hidden = !key;
  }
  for (const row of root.querySelectorAll(".keys dl > div")) {
    row.hidden = ![...row.querySelectorAll("kbd")].some((kbd) => !kbd.hidden);
  }
  for (const button of root.querySelectorAll("[data-key]")) {
    const key = ownOf(button.dataset.key, keys);
    if (key) button.setAttribute("aria-keyshortcuts", key);
    else button.removeAttribute("aria-keyshortcuts");
  }
  for (const button of root.querySelectorAll("[data-tip]")) {
    const key = ownOf(button.dataset.tip, keys);
    button.title = button.ariaLabel + (key ? ` (${shown(key)})` : "");
  }
}
