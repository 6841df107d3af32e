// The stream of news from head office: notices silence, comes back by itself, and rests while nobody looks.
//
// Events: "news" (fetch anew), "out" (the session has ended), "state" (detail: {state}). It has what `sign.js` follows.

import { Backoff } from "../backoff.js";
import { State } from "../connection.js";

// Head office beats every 2 seconds; a deaf page says so within 5.
const SILENCE_MAX_MS = 4600;
const WATCH_EVERY_MS = 200;
const STEADY_MS = 5000;

export class LiveStream extends EventTarget {
  sync = null; // a page of head office waits for nothing of its own

  #source = null;
  #openedAt = 0;
  #heardAt;
  #retryTimer = null;
  #shown = State.connecting;

  constructor({ url, clock, backoff = new Backoff(), connect = (address) => new EventSource(address) }) {
    super();
    Object.assign(this, { url, clock, backoff, connect });
    this.#heardAt = clock.monotonic();
  }

  get state() {
    return this.#shown;
  }

  /** Milliseconds since head office was last heard. */
  get silence() {
    return this.clock.monotonic() - this.#heardAt;
  }

  start() {
    setInterval(() => this.#watch(), WATCH_EVERY_MS);
    // A browser lends a site six connections, and a page in the background needs none.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#rest() : this.#wake()));
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("pagehide", () => this.#rest());
    window.addEventListener("pageshow", () => this.#wake());
    this.#wake();
  }

  #wake() {
    if (document.hidden) return;
    // The rest was our own wish, and not a silence.
    if (!this.#source && !this.#retryTimer) this.#heardAt = this.clock.monotonic();
    if (!this.#source) this.#open();
  }

  #rest() {
    this.#drop();
    this.#show(State.connecting);
  }

  #open() {
    this.#drop();
    this.#openedAt = this.clock.monotonic();
    const source = this.connect(this.url);
    this.#source = source;
    for (const name of ["hello", "beat", "news", "out"]) {
      source.addEventListener(name, (event) => this.#hear(name, event.data));
    }
    source.onerror = () => this.#lost();
  }

  #drop() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#source?.close();
    this.#source = null;
  }

  #lost() {
    this.#drop();
    if (!document.hidden) this.#retryTimer = setTimeout(() => this.#open(), this.backoff.next());
  }

  #hear(name, data) {
    this.#heardAt = this.clock.monotonic();
    if (this.#heardAt - this.#openedAt > STEADY_MS) this.backoff.reset();
    this.clock.hear(JSON.parse(data).server_time);
    this.#show(State.online);
    if (name === "news" || name === "out") this.dispatchEvent(new CustomEvent(name));
  }

  #watch() {
    if (document.hidden || this.silence <= SILENCE_MAX_MS) return;
    this.#show(State.cutOff);
    const age = this.clock.monotonic() - this.#openedAt;
    if (this.#source && age > SILENCE_MAX_MS) this.#lost();
  }

  #show(state) {
    if (state === this.#shown) return;
    this.#shown = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state } }));
  }
}
