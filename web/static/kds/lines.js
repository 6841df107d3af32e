// Choosing a line of a ticket by keys: I, the ticket's number, the line's number; or I on a picked ticket, arrows and
// Enter. It ends by itself, so that the next cook's number key bumps a ticket again.

const LINGER_MS = 12_000;
const KEYS = "1234567890";

export class LineKeys {
  #since = 0;

  constructor({ now = () => performance.now() } = {}) {
    this.now = now;
    this.end();
  }

  /** Whether number keys mean lines now, or the ticket whose lines are meant. */
  get active() {
    return this.asking || this.ticketId !== null;
  }

  /** I was pressed: with a picked ticket its lines have keys, without one its number comes first; again: no more. */
  toggle(ticketId) {
    if (this.active) this.end();
    else if (ticketId === null) this.#ask();
    else this.open(ticketId);
  }

  /** The lines of this ticket have keys from now on. */
  open(ticketId) {
    Object.assign(this, { asking: false, ticketId, lineId: null });
    this.touch();
  }

  end() {
    Object.assign(this, { asking: false, ticketId: null, lineId: null });
  }

  /** Somebody is still at it. */
  touch() {
    this.#since = this.now();
  }

  /** Call now and then: ends when nobody pressed anything for a while, or the ticket has gone. Answers whether it did. */
  expire(isThere) {
    const over = this.active && (this.now() - this.#since > LINGER_MS || (this.ticketId !== null && !isThere(this.ticketId)));
    if (over) this.end();
    return over;
  }

  /** The line with this number key. */
  lineOf(ticket, key) {
    return pickable(ticket)[KEYS.indexOf(key)] ?? null;
  }

  /** Pick the next line up or down. */
  move(ticket, by) {
    const lines = pickable(ticket);
    const at = lines.findIndex((line) => line.id === this.lineId);
    const next = at < 0 ? 0 : Math.min(Math.max(0, at + by), lines.length - 1);
    this.lineId = lines[next]?.id ?? null;
    this.touch();
  }

  #ask() {
    this.asking = true;
    this.touch();
  }
}

/** Which number key each line has. */
export function keysOfLines(ticket) {
  return new Map(pickable(ticket).map((line, index) => [line.id, KEYS[index] ?? ""]));
}

function pickable(ticket) {
  return ticket.lines.filter((line) => line.state !== "voided");
}
