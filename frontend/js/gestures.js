/**
 * Pointers and wheel on a stage, as zoom and pan. One finger or the mouse moves, two fingers and the wheel zoom.
 * @param {HTMLElement} stage
 * @param {{ onPan: (dx: number, dy: number) => void, onZoom: (factor: number, point: { x: number, y: number }) => void }} act
 */
export function watchGestures(stage, { onPan, onZoom }) {
  /** @type {Map<number, { x: number, y: number }>} */
  const pointers = new Map();
  /** @type {(event: MouseEvent) => { x: number, y: number }} */
  const locate = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pointers.size === 2 || event.target instanceof HTMLInputElement) return;
    pointers.set(event.pointerId, locate(event));
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = locate(event);
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    if (other) {
      const spread = Math.hypot(before.x - other.x, before.y - other.y);
      if (spread > 0) onZoom(Math.hypot(now.x - other.x, now.y - other.y) / spread, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      onPan((now.x - before.x) / 2, (now.y - before.y) / 2);
    } else {
      onPan(now.x - before.x, now.y - before.y);
    }
    pointers.set(event.pointerId, now);
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]))
    {stage.addEventListener(end, (event) => pointers.delete(event.pointerId));}
  stage.addEventListener("wheel", (event) => {
    // A plain wheel scrolls the page past the picture; with Ctrl, or once zoomed in, it belongs to the picture.
    if (!event.ctrlKey && !stage.classList.contains("zoomed")) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    onZoom(2 ** ((-event.deltaY * lines) / (event.ctrlKey ? 100 : 300)), locate(event));
  }, { passive: false });
}
