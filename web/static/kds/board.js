// What this screen knows of the kitchen: tickets by id, each with the position at which it was learnt, so that a
// list fetched late never overwrites an event that came after it.

import { changesBetween, voidsOn } from "./changes.js";

const OPEN = new Set(["placed", "in_preparation"]);
// Tickets that are done are kept for a while: an old list must not bring them back.
const DONE_MAX = 300;

export class Board {
  #entries = new Map();
  #fetched = null;

  /** `isShown`: whether a ticket is still to be shown; on a station's screen while it is to be made. */
  constructor({ memory, isShown = isOpen }) {
    Object.assign(this, { memory, isShown });
  }

  /** Take a whole list of open tickets, true as of `position`; everything newer stays as it is. */
  takeList(tickets, position) {
    const listed = new Set(tickets.map((ticket) => ticket.id));
    for (const ticket of tickets) this.#take(ticket, position);
    for (const [id, entry] of this.#entries) {
      if (!listed.has(id) && this.isShown(entry.ticket) && !isNewer(entry.position, position)) this.#entries.delete(id);
    }
    this.#fetched = position;
  }

  /** Take one ticket from an event; answers what is new: null, "ticket", "change" or "step". */
  takeEvent(ticket, position) {
    const news = this.#take(ticket, position);
    this.#forgetOldest();
    return news;
  }

  /** Take the ticket that a step of ours was answered with: as new as what we know. */
  takeAnswer(ticket) {
    return this.#take(ticket, this.#entries.get(ticket.id)?.position ?? this.#fetched, { own: true });
  }

  get(id) {
    return this.#entries.get(id) ?? null;
  }

  /** Open tickets of a station (null: all) and of others, rushed ones first, then oldest first; voided ones stay until
   * acknowledged. */
  open(stationId = null, others = new Set()) {
    return [...this.#entries.values()]
      .filter((entry) => this.isShown(entry.ticket) || entry.marks.size > 0)
      .filter(({ ticket }) => stationId === null || ticket.station_id === stationId || others.has(ticket.station_id))
      .sort((a, b) => Number(b.ticket.rush ?? false) - Number(a.ticket.rush ?? false) || compareText(a.ticket.placed_at, b.ticket.placed_at) || compareText(a.ticket.id, b.ticket.id));
  }

  /** The cook has seen what changed on this ticket. */
  acknowledge(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.memory.acknowledge([...entry.marks.keys()]);
    entry.marks = new Map();
  }

  #take(ticket, position, { own = false } = {}) {
    const entry = this.#entries.get(ticket.id);
    if (!entry) {
      const marks = this.isShown(ticket) ? voidsOn(ticket, (line) => this.memory.isAcknowledged(line)) : new Map();
      this.#entries.set(ticket.id, { ticket, position, marks });
      return this.isShown(ticket) ? "ticket" : null;
    }
    if (!own && entry.position !== null && isNewer(entry.position, position)) return null;
    const news = this.#compare(entry, ticket);
    // Removed and put back, so that the order of the map is the order of news.
    this.#entries.delete(ticket.id);
    this.#entries.set(ticket.id, { ticket, position, marks: entry.marks });
    return news;
  }

  #compare(entry, ticket) {
    if (!this.isShown(entry.ticket) && this.isShown(ticket)) return "ticket";
    const fresh = changesBetween(entry.ticket, ticket);
    const bumped = !this.isShown(ticket) && ticket.state !== "voided";
    if (bumped) entry.marks = new Map();
    else if (this.isShown(entry.ticket)) for (const [line, mark] of fresh) entry.marks.set(line, mark);
    return fresh.size > 0 && !bumped ? "change" : "step";
  }

  #forgetOldest() {
    let spare = this.#entries.size - DONE_MAX;
    if (spare <= 0) return;
    for (const [id, entry] of this.#entries) {
      if (spare <= 0) return;
      if (this.isShown(entry.ticket) || entry.marks.size > 0) continue;
      this.#entries.delete(id);
      spare -= 1;
    }
  }
}

/** Whether anything of a ticket is not with its guest yet. */
export function isUnserved(ticket) {
  return ticket.state !== "served" && ticket.state !== "voided";
}

export function isOpen(ticket) {
  return OPEN.has(ticket.state);
}

/** Whether position `a` ("2:1042": incarnation, number) comes after `b`; a missing one comes before all. */
export function isNewer(a, b) {
  if (!a) return false;
  if (!b) return true;
  const left = a.split(":").map(Number);
  const right = b.split(":").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
