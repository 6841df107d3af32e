// What this screen remembers over a reload: acknowledged voids, what it bumped last, whether it may sound.
// Losing it costs nothing but a second look; the node keeps everything that matters.

const ACKNOWLEDGED_MAX = 500;
const BUMPED_MAX = 20;

export class Memory {
  #acknowledged;

  constructor(propertyId, storage = localStorageOrNone()) {
    this.prefix = `buffr-kds-${propertyId}-`;
    this.storage = storage;
    this.#acknowledged = new Set(this.#read("acknowledged", []));
  }

  isAcknowledged(lineId) {
    return this.#acknowledged.has(lineId);
  }

  acknowledge(lineIds) {
    for (const id of lineIds) this.#acknowledged.add(id);
    this.#write("acknowledged", [...this.#acknowledged].slice(-ACKNOWLEDGED_MAX));
  }

  /** Tickets bumped here, the last one first: [{id, stationId, number, place}]. */
  get bumped() {
    return this.#read("bumped", []);
  }

  addBumped(ticket) {
    const others = this.bumped.filter((known) => known.id !== ticket.id);
    this.#write("bumped", [ticket, ...others].slice(0, BUMPED_MAX));
  }

  removeBumped(id) {
    const bumped = this.bumped;
    const rest = bumped.filter((known) => known.id !== id);
    if (rest.length < bumped.length) this.#write("bumped", rest);
  }

  get sound() {
    return this.#read("sound", false);
  }

  set sound(on) {
    this.#write("sound", on);
  }

  #read(key, otherwise) {
    try {
      return JSON.parse(this.storage.getItem(this.prefix + key)) ?? otherwise;
    } catch {
      return otherwise; // written by another release, or by hand
    }
  }

  #write(key, value) {
    try {
      this.storage.setItem(this.prefix + key, JSON.stringify(value));
    } catch (error) {
      console.warn("this screen cannot remember", key, error);
    }
  }
}

function localStorageOrNone() {
  try {
    return window.localStorage;
  } catch {
    const values = new Map();
    return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value) };
  }
}
