// Fingers and mouse over a page view: one pointer pans, two zoom. A press that hardly
// moves stays a click, so that boxes can be clicked.
const THRESHOLD = 5;

export class Gestures {
  constructor(frame, view, signal) {
    this.frame = frame;
    this.view = view;
    this.pointers = new Map();
    this.dragged = false;
    frame.addEventListener("pointerdown", (event) => this.down(event), { signal });
    frame.addEventListener("pointermove", (event) => this.move(event), { signal });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      frame.addEventListener(end, (event) => this.pointers.delete(event.pointerId), { signal });
    }
  }

  at(event) {
    const edges = this.frame.getBoundingClientRect();
    return { x: event.clientX - edges.left, y: event.clientY - edges.top };
  }

  down(event) {
    if (event.button !== 0) return;
    if (this.pointers.size === 0) this.dragged = false;
    this.pointers.set(event.pointerId, this.at(event));
    this.start = this.at(event);
  }

  move(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const now = this.at(event);
    const far = Math.hypot(now.x - this.start.x, now.y - this.start.y) > THRESHOLD;
    if (!this.dragged && !far && this.pointers.size < 2) return;
    if (!this.dragged) {
      this.dragged = true;
      // Only now: a captured press would turn the click on a box into one on the frame.
      this.frame.setPointerCapture(event.pointerId);
    }
    const before = [...this.pointers.values()];
    this.pointers.set(event.pointerId, now);
    if (before.length === 2) this.view.pinch(before, [...this.pointers.values()]);
    else if (before.length === 1) this.view.panBy(now.x - last.x, now.y - last.y);
  }
}
