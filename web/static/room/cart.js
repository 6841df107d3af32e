// What a guest is about to order, kept in this tab for one stay: a reload loses nothing, and the next guest gets nothing.

import { newKey } from "../node.js";

const KEY = "buffr-cart";
export const QUANTITY_MAX = 20; // of one thing; the node holds to it as well

export class Cart extends EventTarget {
  #stay = null;
  #kept = empty();

  /** The stay that the terminal shows: a cart of another is gone. Answers whether it is another one than before. */
  belongTo(stay) {
    if (stay === this.#stay) return false;
    const known = this.#stay === null ? read() : null;
    const goesOn = known?.stay === stay;
    this.#stay = stay;
    this.#kept = goesOn ? known.kept : empty();
    this.#keep();
    return !goesOn;
  }

  get stay() {
    return this.#stay;
  }

  get lines() {
    return this.#kept.lines;
  }

  get count() {
    return this.lines.reduce((sum, line) => sum + line.quantity, 0);
  }

  /** Adds {menu_item_id, quantity, options, note}; the same again is more of it. */
  add(line) {
    const same = this.lines.find((one) => says(one) === says(line));
    const quantity = Math.min(QUANTITY_MAX, line.quantity + (same?.quantity ?? 0));
    this.#change(same ? this.lines.map((one) => (one === same ? { ...one, quantity } : one)) : [...this.lines, line]);
  }

  /** Sets how many of a line are wanted; 0 takes it away. */
  set(line, quantity) {
    const wanted = Math.min(QUANTITY_MAX, quantity);
    const lines = this.lines.map((one) => (one === line ? { ...one, quantity: wanted } : one));
    this.#change(lines.filter((one) => one.quantity > 0));
  }

  /** The key under which this body is sent: the same for as long as nobody knows whether it was taken. */
  keyFor(body) {
    const text = JSON.stringify(body);
    if (this.#kept.sent !== text) Object.assign(this.#kept, { sent: text, key: newKey() });
    this.#keep();
    return this.#kept.key;
  }

  /** It was ordered. */
  clear() {
    this.#kept = empty();
    this.#keep();
  }

  #change(lines) {
    this.#kept = { ...this.#kept, lines };
    this.#keep();
  }

  #keep() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ stay: this.#stay, kept: this.#kept }));
    } catch {
      // storage is closed to us: a reload would begin anew
    }
    this.dispatchEvent(new Event("change"));
  }
}

function empty() {
  return { lines: [], sent: null, key: null };
}

function says({ menu_item_id, options, note }) {
  return JSON.stringify([menu_item_id, options, note]);
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}
