// What an upload says of itself before the server does. Pure.
const UNITS = ["bytes", "KB", "MB", "GB"];

export function sizeText(bytes) {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 || size >= 10 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`;
}

// Why a file of this size is not sent at all; "" if it is.
export function refusal(bytes, limit) {
  if (!limit || bytes <= limit) return "";
  return `The file is larger than the ${sizeText(limit)} that are allowed: split or shrink it.`;
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

export function htmlOf(sentence) {
  return `<p>${escapeHtml(sentence)}</p>`;
}
