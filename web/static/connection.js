// One live connection to the node: subscribes, resumes where it stopped, notices silence, and comes back by itself.
//
// Events: "hello" (detail: the node's data), "news" (detail: {event, position, data}), "reload" (fetch anew, then
// call resumeFrom), "refused" (detail: {code, message}), "state" (detail: {state}). States: connecting, online,
// property_only, cut_off.

import { Backoff } from "./backoff.js";

export const State = Object.freeze({
  connecting: "connecting",
  online: "online",
  propertyOnly: "property_only",
  cutOff: "cut_off",
});

// A screen says what it shows at most so often, and at least with each beat of the node.
const SAY_EVERY_MS = 1000;
// The node beats every 2 seconds. One late beat is forgiven, and still a deaf screen says so within 5 seconds (R6).
const SILENCE_MAX_MS = 4400;
const OPENING_MAX_MS = 4000;
const WATCH_EVERY_MS = 200;
// A link that held this long was a good one: the next failure starts the backoff afresh.
const STEADY_MS = 5000;

export class Connection extends EventTarget {
  #socket = null;
  #openedAt = 0;
  #greeted = false;
  #retryTimer = null;
  #watchTimer = null;
  #position = null;
  #sync = null;
  #saidAt = 0;
  #shown = State.connecting;
  #heardAt;
  #stopped = true;

  /** `shows`: what this screen shows, told to the node for as long as it draws it; without one nothing is. */
  constructor({ url, events, clock, backoff = new Backoff(), shows = null }) {
    super();
    Object.assign(this, { url, events, clock, backoff, shows });
    this.#heardAt = clock.monotonic();
    // From the first moment on: a page that never reaches the node says so as well.
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_EVERY_MS);
    this.#wakeOnReturn();
    if (shows) window.addEventListener("pagehide", () => this.#say(null));
  }

  get state() {
    return this.#shown;
  }

  get sync() {
    return this.#sync;
  }

  get position() {
    return this.#position;
  }

  /** Milliseconds since the node was last heard. */
  get silence() {
    return this.clock.monotonic() - this.#heardAt;
  }

  /** Connect and take every event after `position` (null: from now on). Again with another: start over from there. */
  resumeFrom(position) {
    this.#position = position;
    this.#stopped = false;
    this.#open();
  }

  stop() {
    this.#stopped = true;
    clearInterval(this.#watchTimer);
    this.#drop();
  }

  /** Tell what GET P/status said, so that the sign is right before the first sync_status. */
  learn(sync) {
    this.#sync = sync;
    this.#decide();
  }

  #open() {
    this.#drop();
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#openedAt = this.clock.monotonic();
    this.#greeted = false;
    socket.onopen = () => {
      socket.send(JSON.stringify({ subscribe: this.events, resume: this.#position }));
    };
    socket.onmessage = (message) => this.#hear(message.data);
    socket.onclose = () => this.#lost();
    socket.onerror = () => {}; // always followed by close, which acts
  }

  #drop() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    // A dead link may take minutes to close: forget the socket at once, whatever it still says.
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #lost() {
    this.#drop();
    if (this.#stopped) return;
    this.#retryTimer = setTimeout(() => this.#open(), this.backoff.next());
  }

  #hear(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      this.#lost(); // what talks like this is not the node
      return;
    }
    if (message.event === "refused") {
      this.#tell("refused", message.data); // not a sign of life: a screen that may not listen hears nothing
      this.#lost();
      return;
    }
    const now = this.clock.monotonic();
    this.#heardAt = now;
    if (now - this.#openedAt > STEADY_MS) this.backoff.reset();
    if (message.data?.server_time) this.clock.hear(message.data.server_time);
    this.#take(message);
    // The greeting names the head of the journal; what lies between our position and it is still to come.
    const resuming = message.event === "hello" && this.#position !== null;
    if (message.position && !resuming) this.#position = message.position;
    this.#decide();
    // Said from the frame that draws it: a page that hangs, or that nobody can see, must not look as if it showed tickets.
    if (this.shows && now - this.#saidAt > SAY_EVERY_MS) requestAnimationFrame(() => this.#say(this.shows()));
  }

  #say(shows) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#saidAt = this.clock.monotonic();
    this.#socket.send(JSON.stringify({ shows }));
  }

  #take(message) {
    switch (message.event) {
      case "hello":
        this.#greeted = true;
        this.#tell("hello", message.data);
        break;
      case "heartbeat":
        break;
      case "reload":
        this.#tell("reload", null);
        break;
      case "sync_status":
        this.#sync = message.data.sync ?? null;
        this.#tell("news", message);
        break;
      default:
        this.#tell("news", message);
    }
  }

  #watch() {
    this.#decide();
    if (!this.#socket) return;
    const deaf = this.#greeted ? this.silence > SILENCE_MAX_MS : this.#age() > OPENING_MAX_MS;
    if (deaf) this.#lost();
  }

  #age() {
    return this.clock.monotonic() - this.#openedAt;
  }

  #decide() {
    const next = this.#judge();
    if (next === this.#shown) return;
    this.#shown = next;
    this.#tell("state", { state: next });
  }

  #judge() {
    if (this.silence > SILENCE_MAX_MS) return State.cutOff;
    const connected = this.#greeted || this.#shown !== State.connecting;
    if (!connected) return State.connecting;
    // Still within the grace of a short break: what was shown stays, a flicker helps nobody.
    if (this.#shown === State.cutOff && !this.#greeted) return State.cutOff;
    return this.#sync?.state === "property_only" ? State.propertyOnly : State.online;
  }

  #wakeOnReturn() {
    const wake = () => {
      if (this.#stopped || document.visibilityState === "hidden") return;
      if (!this.#socket) this.#open();
      else this.#watch();
    };
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** The address of the node's /ws beside this page. */
export function socketUrl(path = "/ws") {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
