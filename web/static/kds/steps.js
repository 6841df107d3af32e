// Sends what the cook did (bump, recall, start) and does not give up: each step keeps its idempotency key, so that
// a repeat after a lost answer is the same step and never a second one.
//
// Event "change": a step moved on. Event "answer" (detail: {step, ticket}): the node did it.

import { Backoff } from "../backoff.js";
import { newKey } from "../node.js";

const ANSWER_MAX_MS = 4000;
// While the node is heard, so many failures in a row are told to the cook; while it is not, we simply wait for it.
const TRIES_MAX = 6;
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

export class Steps extends EventTarget {
  #steps = new Map();

  constructor({ api, isCutOff, send = (...request) => fetch(...request) }) {
    super();
    Object.assign(this, { api, isCutOff, send });
  }

  /** The step under way on a ticket: {step, phase: "sending" | "waiting" | "done" | "failed", message}, or null. */
  of(ticketId) {
    return this.#steps.get(ticketId) ?? null;
  }

  /** Begin a step, or try a failed one again; a step that is under way is left alone (R7: twenty taps, one bump). */
  begin(ticketId, step) {
    const known = this.#steps.get(ticketId);
    if (known && known.phase !== "failed") return;
    const again = known && known.step === step && !known.refused;
    const entry = { step, key: again ? known.key : newKey(), phase: "sending", message: "", tries: 0, refused: false };
    entry.backoff = new Backoff();
    this.#steps.set(ticketId, entry);
    this.#changed();
    this.#attempt(ticketId, entry);
  }

  /** The board shows what was done: those steps are over. */
  clearDone() {
    for (const [ticketId, entry] of this.#steps) if (entry.phase === "done") this.#steps.delete(ticketId);
  }

  /** The node is heard again: what waits goes at once. */
  hurry() {
    for (const [ticketId, entry] of this.#steps) {
      if (entry.phase !== "waiting" || !entry.timer) continue;
      clearTimeout(entry.timer);
      entry.timer = null;
      entry.backoff.reset();
      this.#attempt(ticketId, entry);
    }
  }

  async #attempt(ticketId, entry) {
    let response;
    let body;
    try {
      response = await this.send(`${this.api}/tickets/${ticketId}/${entry.step}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": entry.key },
        body: "{}",
        signal: AbortSignal.timeout(ANSWER_MAX_MS),
      });
      body = await response.json();
    } catch {
      this.#later(ticketId, entry); // no answer, or half of one: whether it was done is unknown, so ask again
      return;
    }
    if (response.ok) this.#done(ticketId, entry, body);
    else if (LATER.has(response.status)) this.#later(ticketId, entry);
    else this.#refused(entry, body);
  }

  #done(ticketId, entry, ticket) {
    entry.phase = "done";
    this.dispatchEvent(new CustomEvent("answer", { detail: { step: entry.step, ticket, ticketId } }));
    this.#changed();
  }

  #later(ticketId, entry) {
    entry.tries = this.isCutOff() ? 0 : entry.tries + 1;
    if (entry.tries >= TRIES_MAX) {
      entry.phase = "failed";
    } else {
      entry.phase = "waiting";
      entry.timer = setTimeout(() => {
        entry.timer = null;
        this.#attempt(ticketId, entry);
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
