// How somebody looks at page pictures: turned, and with more contrast. Kept for the
// session of the person, in this tab; the maths is pure.

export const CONTRASTS = ["usual", "strong", "inverted"];

// A box [left, top, right, bottom] in fractions of a page, after quarter turns clockwise.
export function turnedBox([left, top, right, bottom], turns) {
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return [1 - bottom, left, 1 - top, right];
    case 2:
      return [1 - right, 1 - bottom, 1 - left, 1 - top];
    case 3:
      return [top, 1 - right, bottom, 1 - left];
    default:
      return [left, top, right, bottom];
  }
}

// The size of a sheet {width, height} after the turns.
export function turnedSize({ width, height }, turns) {
  return turns % 2 ? { width: height, height: width } : { width, height };
}

// The view and the frame as they would be if the sheet were not turned.
export function paperView({ view, sheetSize, frameSize, turns }, paper) {
  const { scale, x, y } = view;
  const [width, height] = [sheetSize.width * scale, sheetSize.height * scale];
  const seen = [-x / width, -y / height, (frameSize.width - x) / width, (frameSize.height - y) / height];
  const [left, top, right, bottom] = turnedBox(seen, -turns);
  const [across, down] = [paper.width * scale, paper.height * scale];
  return {
    view: { scale, x: -left * across, y: -top * down },
    frame: { width: (right - left) * across, height: (bottom - top) * down },
  };
}

// The CSS that turns a sheet so that its top left corner is where it was before.
export function turnCss({ width, height }, turns) {
  const [x, y] = [
    [0, 0],
    [height, 0],
    [width, height],
    [0, width],
  ][turns % 4];
  return turns % 4 ? ` translate(${x}px, ${y}px) rotate(${(turns % 4) * 90}deg)` : "";
}

export const nextContrast = (look) => CONTRASTS[(CONTRASTS.indexOf(look) + 1) % CONTRASTS.length];

// Storage may be shut (private windows, settings): then nothing is remembered.
export class Remembered {
  constructor(user, storage = globalThis.sessionStorage) {
    this.storage = storage;
    this.prefix = `palimpsest-picture-${user}-`;
  }

  get(name) {
    try {
      return this.storage.getItem(this.prefix + name);
    } catch {
      return null;
    }
  }

  set(name, value) {
    try {
      this.storage.setItem(this.prefix + name, value);
    } catch {
      // as above
    }
  }
}
