// A <details> that stays as the person left it: in the next case, and after the log-in.
const PREFIX = "palimpsest:fold:";

export class RememberedFold {
  // fold: the element, or null where the page has none.
  constructor(fold, name, signal, storage = kept()) {
    this.fold = fold;
    if (!fold) return;
    const left = storage?.getItem(PREFIX + name);
    if (left) fold.open = left === "open";
    const keep = () => storage?.setItem(PREFIX + name, fold.open ? "open" : "closed");
    fold.addEventListener("toggle", keep, { signal });
  }

  toggle() {
    if (this.fold) this.fold.open = !this.fold.open;
  }
}

// Null where the browser keeps nothing: even to ask for it is refused there.
function kept() {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}
