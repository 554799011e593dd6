// Words of a page as [text, left, top, right, bottom, confidence], in reading order, the
// edges in page fractions. Pure.

export function textOf(words) {
  return words.map((word) => word[0]).join(" ");
}

// The words from one index to another, whichever comes first.
export function range(words, one, other) {
  return words.slice(Math.min(one, other), Math.max(one, other) + 1);
}

// "page,left,top,right,bottom" around the words, as the form carries it.
export function regionOf(words, page) {
  const edges = [
    Math.min(...words.map((word) => word[1])),
    Math.min(...words.map((word) => word[2])),
    Math.max(...words.map((word) => word[3])),
    Math.max(...words.map((word) => word[4])),
  ];
  return [page, ...edges.map((edge) => Number(edge.toFixed(5)))].join(",");
}

export function boxOf(region) {
  return region.split(",").slice(1).map(Number);
}

const middle = (word) => [(word[1] + word[3]) / 2, (word[2] + word[4]) / 2];

// The word nearest to a point {x, y} in page fractions.
export function nearest(words, { x, y }) {
  let best = -1;
  let least = Infinity;
  words.forEach((word, index) => {
    const across = Math.max(word[1] - x, 0, x - word[3]);
    const down = Math.max(word[2] - y, 0, y - word[4]);
    const far = Math.hypot(across, down * 2);
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

// Where an arrow key leads from a word: along the reading order, or to the line above or
// below, to the word closest across.
export function step(words, from, key) {
  if (key === "ArrowRight") return Math.min(from + 1, words.length - 1);
  if (key === "ArrowLeft") return Math.max(from - 1, 0);
  const down = key === "ArrowDown" ? 1 : -1;
  const [x, y] = middle(words[from]);
  const high = words[from][4] - words[from][2];
  let best = from;
  let least = Infinity;
  words.forEach((word, index) => {
    const [toX, toY] = middle(word);
    const away = (toY - y) * down;
    if (away <= high / 2) return;
    const far = away * 3 + Math.abs(toX - x);
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

// All boxes of the words as one SVG path.
export function outlines(words) {
  return words
    .map(([, left, top, right, bottom]) => `M${left} ${top}H${right}V${bottom}H${left}Z`)
    .join("");
}

// The smallest word whose box holds the point {x, y}, with a little room around it; -1.
export function wordAt(words, { x, y }, room = 0.004) {
  let found = -1;
  let least = Infinity;
  words.forEach(([, left, top, right, bottom], index) => {
    if (x < left - room || x > right + room || y < top - room || y > bottom + room) return;
    const inside = x >= left && x <= right && y >= top && y <= bottom;
    const size = (right - left) * (bottom - top) + (inside ? 0 : 1);
    if (size < least) [found, least] = [index, size];
  });
  return found;
}
