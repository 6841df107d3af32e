// The node's time on this screen. A kitchen screen's own clock is often wrong by minutes or hours, so ages are
// counted on the monotonic timer and anchored to what the node says.

const SAMPLES_MAX = 15;

export class ServerClock {
  #offsets = [];

  constructor({ monotonic = () => performance.now(), wall = () => Date.now() } = {}) {
    this.monotonic = monotonic;
    this.wall = wall;
  }

  /** Take in a time that the node has just sent (RFC 3339 text). */
  hear(serverTime) {
    const at = Date.parse(serverTime);
    if (Number.isNaN(at)) return;
    this.#offsets.push(at - this.monotonic());
    if (this.#offsets.length > SAMPLES_MAX) this.#offsets.shift();
  }

  /** Milliseconds since 1970 by the node's clock. */
  now() {
    if (this.#offsets.length === 0) return this.wall();
    // A message can only arrive late, never early: the largest offset had the shortest way.
    return this.monotonic() + Math.max(...this.#offsets);
  }

  /** Milliseconds by which this screen's clock runs ahead of the node's (negative: behind). */
  skew() {
    return this.wall() - this.now();
  }
}
