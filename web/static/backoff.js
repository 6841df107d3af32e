// Exponential backoff with full jitter: after a power cut forty screens must not knock at the same instant.

export class Backoff {
  #tries = 0;

  constructor({ base = 250, cap = 5000, floor = 100, random = Math.random } = {}) {
    Object.assign(this, { base, cap, floor, random });
  }

  /** Milliseconds to wait before the next try. */
  next() {
    const ceiling = Math.min(this.cap, this.base * 2 ** Math.min(this.#tries, 16));
    this.#tries += 1;
    return Math.max(this.floor, this.random() * ceiling);
  }

  reset() {
    this.#tries = 0;
  }
}
