// Which tiles of a page picture a view needs. Pure; the words are those of geometry.js.
// levels: [[width, height], ...] in pixels, the largest first.

// The smallest level with a pixel for each of the screen's; 0 where none has as many.
export function levelFor(levels, pixels) {
  let best = 0;
  levels.forEach(([width], level) => {
    if (width >= pixels) best = level;
  });
  return best;
}

// Whether the page picture, so many pixels wide, is too coarse for the view.
export function isCoarse(pictureWidth, pixels) {
  return pixels > pictureWidth * 1.1;
}

// {x, y, left, top, width, height} of the tiles of a level that the frame shows: their
// places in shares of the page.
export function tilesIn({ levels, tile }, level, view, sheet, frame) {
  const [width, height] = levels[level];
  const [columns, rows] = [Math.ceil(width / tile), Math.ceil(height / tile)];
  // The frame's edges in pixels of the level.
  const across = width / (sheet.width * view.scale);
  const down = height / (sheet.height * view.scale);
  const from = (edge, per, count) => Math.min(Math.max(Math.floor((edge * per) / tile), 0), count);
  const left = from(-view.x, across, columns);
  const top = from(-view.y, down, rows);
  const right = Math.min(from(frame.width - view.x, across, columns), columns - 1);
  const bottom = Math.min(from(frame.height - view.y, down, rows), rows - 1);
  const found = [];
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      found.push({
        x,
        y,
        left: (x * tile) / width,
        top: (y * tile) / height,
        width: Math.min(tile, width - x * tile) / width,
        height: Math.min(tile, height - y * tile) / height,
      });
    }
  }
  return found;
}
