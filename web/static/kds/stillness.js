// Nothing moves under a finger that is about to press: while something is down on the screen, and for a short while
// after, changes of the layout wait.

const AFTER_TOUCH_MS = 600;
const AFTER_MOUSE_MS = 250;
// A cloth left on the glass must not freeze the kitchen.
const HOLD_MAX_MS = 4000;

export class Stillness {
  #down = 0;
  #until = 0;
  #waiting = null;
  #waitingSince = 0;
  #timer = null;

  constructor(area, { now = () => performance.now() } = {}) {
    this.now = now;
    area.addEventListener("pointerdown", () => (this.#down += 1));
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, () => this.#release());
    area.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") this.#extend(AFTER_MOUSE_MS);
    });
  }

  /** Run `act` now if the screen is at rest, else as soon as it is; of several that wait, the last one runs. */
  whenStill(act) {
    if (!this.#waiting) this.#waitingSince = this.now();
    this.#waiting = act;
    this.#settle();
  }

  #release() {
    this.#down = Math.max(0, this.#down - 1);
    this.#extend(AFTER_TOUCH_MS);
  }

  #extend(milliseconds) {
    this.#until = Math.max(this.#until, this.now() + milliseconds);
  }

  #remaining() {
    const now = this.now();
    const patience = this.#waitingSince + HOLD_MAX_MS - now;
    return Math.min(patience, this.#down > 0 ? patience : this.#until - now);
  }

  #settle() {
    clearTimeout(this.#timer);
    const remaining = this.#remaining();
    if (remaining > 0) {
      this.#timer = setTimeout(() => this.#settle(), Math.min(remaining, 100));
      return;
    }
    const act = this.#waiting;
    this.#waiting = null;
    act();
  }
}
