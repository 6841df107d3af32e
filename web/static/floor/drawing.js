// Moves tables by pointer and by keyboard, a grid step at a time; what a table comes to rest at is saved.

export const GRID = 8;
const PLAN = { w: 1600, h: 1200 };
const SIDE = { min: 48, max: 640 };
const REST_MS = 400;

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const bounded = (value, low, high) => Math.min(Math.max(value, low), high);
const snapped = (value) => Math.round(value / GRID) * GRID;

/** The place that is asked for, put onto the grid and into the plan. */
export function settled({ x, y, w, h, rotation }) {
  const width = bounded(snapped(w), SIDE.min, SIDE.max);
  const height = bounded(snapped(h), SIDE.min, SIDE.max);
  return {
    x: bounded(snapped(x), 0, PLAN.w - width),
    y: bounded(snapped(y), 0, PLAN.h - height),
    w: width,
    h: height,
    rotation: ((rotation % 360) + 360) % 360,
  };
}

export class Drawing {
  active = false;
  #held = null;
  #timers = new Map();

  /** on: {get(id) → table, move(id, place), rest(id), choose(id)}; `plan` knows the scale. */
  constructor(area, plan, on) {
    Object.assign(this, { area, plan, on });
    area.addEventListener("pointerdown", (event) => this.#down(event));
    area.addEventListener("pointermove", (event) => this.#drag(event));
    area.addEventListener("pointerup", () => this.#up());
    area.addEventListener("pointercancel", () => this.#up());
    area.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Whether a table is in hand or not saved yet: what the node says of it waits. */
  get busy() {
    return this.#held !== null || this.#timers.size > 0;
  }

  #down(event) {
    const spot = event.target.closest(".table-spot");
    if (!this.active || !spot || event.button !== 0) return;
    const id = spot.dataset.table;
    const { x, y } = this.on.get(id);
    this.#held = { id, x, y, fromX: event.clientX, fromY: event.clientY, moved: false };
    spot.setPointerCapture(event.pointerId);
    this.on.choose(id);
  }

  #drag(event) {
    const held = this.#held;
    if (!held) return;
    const x = held.x + (event.clientX - held.fromX) / this.plan.scale;
    const y = held.y + (event.clientY - held.fromY) / this.plan.scale;
    const table = this.on.get(held.id);
    const place = settled({ ...table, x, y });
    if (place.x === table.x && place.y === table.y) return;
    held.moved = true;
    this.on.move(held.id, place);
  }

  #up() {
    const held = this.#held;
    this.#held = null;
    if (held?.moved) this.on.rest(held.id);
  }

  #key(event) {
    const spot = event.target.closest(".table-spot");
    if (!this.active || !spot || event.ctrlKey || event.altKey || event.metaKey) return;
    const table = this.on.get(spot.dataset.table);
    const way = ARROWS[event.key];
    let place = null;
    if (way && event.shiftKey) place = { ...table, w: table.w + way[0] * GRID, h: table.h + way[1] * GRID };
    else if (way) place = { ...table, x: table.x + way[0] * GRID, y: table.y + way[1] * GRID };
    else if (event.key === "r" || event.key === "R") place = { ...table, rotation: table.rotation + 15 };
    if (!place) return;
    event.preventDefault();
    this.on.move(table.id, settled(place));
    clearTimeout(this.#timers.get(table.id));
    this.#timers.set(
      table.id,
      setTimeout(() => {
        this.#timers.delete(table.id);
        this.on.rest(table.id);
      }, REST_MS),
    );
  }
}
