// Sends what the cook did (bump, recall, start; with a ticket or one of its lines) and does not give up: each step keeps
// its idempotency key, so that a repeat after a lost answer is the same step and never a second one.
//
// Event "change": a step moved on. Event "answer" (detail: {step, tickets, ticketId}): the node did it.

import { Backoff } from "../backoff.js";
import { newKey, SPEAKS } from "../node.js";

const ANSWER_MAX_MS = 4000;
// While the node is heard, so many failures in a row are told to the cook; while it is not, we simply wait for it.
const TRIES_MAX = 6;
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

export class Steps extends EventTarget {
  #steps = new Map(); // by ticket, or by ticket and line

  constructor({ api, isCutOff, send = (...request) => fetch(...request) }) {
    super();
    Object.assign(this, { api, isCutOff, send });
  }

  /** The step under way on a ticket: {step, phase: "sending" | "waiting" | "done" | "failed", message}, or null. */
  of(ticketId) {
    return this.#steps.get(ticketId) ?? null;
  }

  /** The steps under way on lines of a ticket, by line. */
  ofLines(ticketId) {
    const found = new Map();
    for (const entry of this.#steps.values()) {
      if (entry.ticketId === ticketId && entry.lineId !== null) found.set(entry.lineId, entry);
    }
    return found;
  }

  /**
   * Begin a step, or try a failed one again; a step that is under way is left alone (R7: twenty taps, one bump).
   * `tickets`: the ids of those that an order's card at the pass stands for.
   */
  begin(ticketId, step, lineId = null, tickets = null) {
    const name = lineId === null ? ticketId : `${ticketId} ${lineId}`;
    const known = this.#steps.get(name);
    if (known && known.phase !== "failed") return;
    const again = known && known.step === step && !known.refused;
    const entry = { ticketId, lineId, tickets, step, key: again ? known.key : newKey(), phase: "sending", message: "", tries: 0, refused: false };
    entry.backoff = new Backoff();
    this.#steps.set(name, entry);
    this.#changed();
    this.#attempt(entry);
  }

  /** Begin a step, or have it follow another that is under way there: a recall may be as quick as the bump's answer. */
  follow(ticketId, step, tickets = null) {
    const known = this.#steps.get(ticketId);
    if (known?.phase === "done") this.#steps.delete(ticketId);
    else if (known && known.phase !== "failed" && known.step !== step) {
      known.next = () => this.follow(ticketId, step, tickets);
      return;
    }
    this.begin(ticketId, step, null, tickets);
  }

  /** The board shows what was done: those steps are over. */
  clearDone() {
    for (const [name, entry] of this.#steps) if (entry.phase === "done") this.#steps.delete(name);
  }

  /** The node is heard again: what waits goes at once. */
  hurry() {
    for (const entry of this.#steps.values()) {
      if (entry.phase !== "waiting" || !entry.timer) continue;
      clearTimeout(entry.timer);
      entry.timer = null;
      entry.backoff.reset();
      this.#attempt(entry);
    }
  }

  async #attempt(entry) {
    let response;
    let body;
    try {
      response = await this.send(`${this.api}/${entry.tickets ? "pass" : `tickets/${entry.ticketId}`}/${entry.step}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": entry.key, ...SPEAKS },
        body: JSON.stringify({
          ...(entry.tickets ? { ticket_ids: entry.tickets } : {}),
          ...(entry.lineId === null ? {} : { line_ids: [entry.lineId] }),
        }),
        signal: AbortSignal.timeout(ANSWER_MAX_MS),
      });
      body = await response.json();
    } catch {
      this.#later(entry); // no answer, or half of one: whether it was done is unknown, so ask again
      return;
    }
    if (response.ok) this.#done(entry, body);
    else if (LATER.has(response.status)) this.#later(entry);
    else this.#refused(entry, body);
  }

  #done(entry, answer) {
    entry.phase = "done";
    const { step, ticketId } = entry;
    this.dispatchEvent(new CustomEvent("answer", { detail: { step, tickets: answer.items ?? [answer], ticketId } }));
    this.#changed();
    entry.next?.();
  }

  #later(entry) {
    entry.tries = this.isCutOff() ? 0 : entry.tries + 1;
    if (entry.tries >= TRIES_MAX) {
      entry.phase = "failed";
    } else {
      entry.phase = "waiting";
      entry.timer = setTimeout(() => {
        entry.timer = null;
        this.#attempt(entry);
      }, entry.backoff.next());
    }
    this.#changed();
  }

  #refused(entry, body) {
    entry.phase = "failed";
    entry.refused = true; // the answer is final for this key: another try needs another
    entry.message = body?.error?.message ?? "";
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
