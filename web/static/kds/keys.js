// Which number key bumps which ticket. A key stays with its ticket until that is done, however the cards move, and
// rests before the next ticket gets it: a key pressed twice must never bump two tickets.

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
const REST_MS = 2500;

export class NumberKeys {
  #byTicket = new Map();
  #freedAt = new Map();

  constructor({ now = () => performance.now() } = {}) {
    this.now = now;
  }

  /** Give keys to the tickets shown, oldest first; those that are gone give theirs back. */
  assign(ids) {
    const shown = new Set(ids);
    for (const [id, key] of this.#byTicket) {
      if (shown.has(id)) continue;
      this.#byTicket.delete(id);
      this.#freedAt.set(key, this.now());
    }
    for (const id of ids) {
      if (this.#byTicket.has(id)) continue;
      const key = this.#firstFree();
      if (key === undefined) return;
      this.#byTicket.set(id, key);
    }
  }

  keyOf(id) {
    return this.#byTicket.get(id) ?? "";
  }

  ticketOf(key) {
    for (const [id, known] of this.#byTicket) if (known === key) return id;
    return null;
  }

  #firstFree() {
    const taken = new Set(this.#byTicket.values());
    const rested = (key) => this.now() - (this.#freedAt.get(key) ?? -Infinity) >= REST_MS;
    return KEYS.find((key) => !taken.has(key) && rested(key));
  }
}
