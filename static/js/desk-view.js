// How the page picture follows the current field: the crop beside it shows the value
// large, so the picture shows its surroundings, and moves no more than it must. Pure; the
// words are those of geometry.js.
import { clamp, clampView, firstView, isInView } from "./geometry.js";

const LEAST_LINE = 13; // CSS pixels that a line of text should be high to be read
const LARGEST = 3; // times the width of the frame

export function viewInContext(box, view, sheet, frame) {
  const high = Math.max((box[3] - box[1]) * sheet.height, 1);
  const wide = Math.max((box[2] - box[0]) * sheet.width, 1);
  const readable = clamp(LEAST_LINE / high, 1, LARGEST);
  // A box of many lines is shown whole rather than large.
  const scale = Math.min(readable, Math.max(frame.width / wide, 1));
  const near = view.scale >= scale && view.scale <= scale * 2;
  if (near && isInView(box, view, sheet, frame)) return view;
  return clampView(
    {
      scale,
      x: frame.width / 2 - ((box[0] + box[2]) / 2) * sheet.width * scale,
      y: frame.height / 2 - ((box[1] + box[3]) / 2) * sheet.height * scale,
    },
    sheet,
    frame,
  );
}

// As a page will lie when its case is opened at a field with this box, which may be [].
export function openingView(box, sheet, frame) {
  const whole = firstView(sheet, frame);
  return box.length ? viewInContext(box, whole, sheet, frame) : whole;
}
