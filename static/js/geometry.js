// Pure maths of the page view. A frame is the window {width, height} in CSS pixels; the
// sheet is the page picture as it lies in the frame at scale 1 (as wide as the frame).
// A view {scale, x, y} puts the sheet's top left corner at (x, y), enlarged by scale.
// Boxes are [left, top, right, bottom] in page fractions.

export const MIN_SCALE = 0.25;
export const MAX_SCALE = 16; // a page of 14,000 pixels at its own size
export const STEP = 1.25;
const READABLE_LINE = 26; // CSS pixels that a focused line of text should be high
const LEAST_SCALE = 1.3; // of a focused box, however high it is
const LARGEST_SHARE = 0.8; // of the frame that a focused box may take
const MARGIN = 24; // CSS pixels around a box that needs no move to be seen

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

// The smallest useful scale: the whole page in the frame, but never above its width.
export function wholeScale(sheet, frame) {
  return clamp(Math.min(frame.width / sheet.width, frame.height / sheet.height), MIN_SCALE, 1);
}

// Keeps the sheet in the frame: centred where it is narrower, without a gap where wider.
export function clampView(view, sheet, frame) {
  const scale = clamp(view.scale, MIN_SCALE, MAX_SCALE);
  return {
    scale,
    x: clampAxis(view.x, sheet.width * scale, frame.width),
    y: clampAxis(view.y, sheet.height * scale, frame.height),
  };
}

function clampAxis(offset, length, space) {
  return length <= space ? (space - length) / 2 : clamp(offset, space - length, 0);
}

// Zooms while the point {x, y} of the frame stays over the same spot of the page.
export function zoomAt(view, factor, point, sheet, frame) {
  const scale = clamp(view.scale * factor, MIN_SCALE, MAX_SCALE);
  const ratio = scale / view.scale;
  return clampView(
    {
      scale,
      x: point.x - (point.x - view.x) * ratio,
      y: point.y - (point.y - view.y) * ratio,
    },
    sheet,
    frame,
  );
}

// What a zoom without a pointer keeps in its place: the middle of the box if one sees
// that, else the middle of the frame. box may be null.
export function zoomPoint(box, view, sheet, frame) {
  const middle = { x: frame.width / 2, y: frame.height / 2 };
  if (!box) return middle;
  const seen = boxInFrame(box, view, sheet);
  const point = { x: (seen.left + seen.right) / 2, y: (seen.top + seen.bottom) / 2 };
  const inFrame = point.x > 0 && point.x < frame.width && point.y > 0 && point.y < frame.height;
  return inFrame ? point : middle;
}

export function panBy(view, dx, dy, sheet, frame) {
  return clampView({ scale: view.scale, x: view.x + dx, y: view.y + dy }, sheet, frame);
}

export function fitWidth(sheet, frame) {
  return clampView({ scale: frame.width / sheet.width, x: 0, y: 0 }, sheet, frame);
}

export function fitPage(sheet, frame) {
  return clampView({ scale: wholeScale(sheet, frame), x: 0, y: 0 }, sheet, frame);
}

// What a page opens with: all of it, unless it is so long that it would be a thin strip.
export function firstView(sheet, frame) {
  return wholeScale(sheet, frame) < 0.45 ? fitWidth(sheet, frame) : fitPage(sheet, frame);
}

// Where a box lies in the frame, in CSS pixels.
export function boxInFrame([left, top, right, bottom], view, sheet) {
  const width = sheet.width * view.scale;
  const height = sheet.height * view.scale;
  return {
    left: view.x + left * width,
    top: view.y + top * height,
    right: view.x + right * width,
    bottom: view.y + bottom * height,
  };
}

export function isInView(box, view, sheet, frame, margin = MARGIN) {
  const seen = boxInFrame(box, view, sheet);
  return (
    seen.left >= Math.min(margin, frame.width / 4) &&
    seen.top >= Math.min(margin, frame.height / 4) &&
    seen.right <= frame.width - Math.min(margin, frame.width / 4) &&
    seen.bottom <= frame.height - Math.min(margin, frame.height / 4)
  );
}

// The scale to show a box at: the present one if the box can be read and fits at it,
// else the least at which a line of text is readable and a block is clearly larger.
export function scaleForBox([left, top, right, bottom], scale, sheet, frame) {
  const width = Math.max((right - left) * sheet.width, 1);
  const height = Math.max((bottom - top) * sheet.height, 1);
  const largest = Math.min(
    (frame.width * LARGEST_SHARE) / width,
    (frame.height * LARGEST_SHARE) / height,
    MAX_SCALE,
  );
  const least = Math.min(Math.max(READABLE_LINE / height, LEAST_SCALE), largest);
  return clamp(scale >= least && scale <= largest ? scale : least, MIN_SCALE, MAX_SCALE);
}

// Brings a box into view, in the middle as far as the page's edges allow; a view in which
// it can be read already is left alone.
export function viewForBox(box, view, sheet, frame) {
  const scale = scaleForBox(box, view.scale, sheet, frame);
  if (scale === view.scale && isInView(box, view, sheet, frame)) return view;
  const centre = { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 };
  return clampView(
    {
      scale,
      x: frame.width / 2 - centre.x * sheet.width * scale,
      y: frame.height / 2 - centre.y * sheet.height * scale,
    },
    sheet,
    frame,
  );
}

// Two fingers: the spot between them stays between them, their distance sets the scale.
export function pinch(view, before, after, sheet, frame) {
  const middle = (points) => ({
    x: (points[0].x + points[1].x) / 2,
    y: (points[0].y + points[1].y) / 2,
  });
  const span = (points) =>
    Math.max(Math.hypot(points[0].x - points[1].x, points[0].y - points[1].y), 1);
  const from = middle(before);
  const to = middle(after);
  const moved = { ...view, x: view.x + to.x - from.x, y: view.y + to.y - from.y };
  return zoomAt(moved, span(after) / span(before), to, sheet, frame);
}
