// Keys as people choose and read them. Pure.

const NAMED = new Set([
  ...["Enter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
  ...["PageUp", "PageDown", "Home", "End", "Insert"],
  ...["F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10"],
]);
const SHOWN = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
const MEANT = Object.fromEntries(Object.entries(SHOWN).map(([key, sign]) => [sign, key]));

export const isSign = (key) => [...key].length === 1;

// The name under which a pressed key can be chosen; "" for a key that cannot.
export function nameOf(key) {
  if (NAMED.has(key)) return key;
  return isSign(key) && key !== " " ? key.toLowerCase() : "";
}

// How a key is shown, and which key such a sign means.
export const shown = (key) => SHOWN[key] ?? key;
export const meant = (sign) => MEANT[sign] ?? sign;
