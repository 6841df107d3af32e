// What every page of staff does: it reads its view from the node, follows the line to it, says when it is cut off, and
// acts as who is signed in. Events: "paint" (something to show has changed).

import { Backoff } from "../backoff.js";
import { ServerClock } from "../clock.js";
import { Connection, State, socketUrl } from "../connection.js";
import { setText } from "../dom.js";
import { KitchenAlarm } from "../kitchen_alarm.js";
import { NotEnrolled, NotSignedIn, Unheard, ask, newKey, send } from "../node.js";
import { followConnection } from "../sign.js";
import { say } from "../texts.js";
import { Session } from "./session.js";

const GATHER_MS = 120; // one act makes several events: the view is read once for them

export class StaffPage extends EventTarget {
  listState = "loading";
  trouble = ""; // why the last act failed, in the node's own sentence
  refusal = null; // that refusal's {code, field}, where the node refused it; the field of what was sent, if it names one
  #backoff = new Backoff();
  #version = null;
  #wanted = 0;
  #gathering = null;
  #unsure = null; // what was sent and not answered: the same again has the same key

  /** views: the paths of what is read; take(...found) shows it; hear({event, data}) takes the node's news of `events`. */
  constructor({ views, events, take, hear }) {
    super();
    Object.assign(this, { views, take, hear });
    this.root = document.getElementById("page");
    this.panel = document.getElementById("panel");
    Object.assign(this, { api: this.root.dataset.api, locale: this.root.dataset.locale, zone: this.root.dataset.zone });
    this.clock = new ServerClock();
    this.clock.hear(this.root.dataset.serverTime);
    this.connection = new Connection({ url: socketUrl(), events: [...events, "sync_status"], clock: this.clock });
    this.kitchen = new KitchenAlarm(this.root, this.connection, (at) => this.timeOfDay(at));
    this.session = new Session({ api: this.api, dialog: document.getElementById("sign-in") });
  }

  /** The element of the page that has this `data-…`. */
  at(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  timeOfDay(milliseconds, { seconds = false } = {}) {
    const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: this.zone };
    if (seconds) format.second = "2-digit";
    return new Intl.DateTimeFormat(this.locale, format).format(milliseconds);
  }

  /** Read, follow and paint from here on. */
  start() {
    const { connection, session } = this;
    connection.addEventListener("news", ({ detail }) => {
      if (detail.event !== "sync_status") this.hear(detail);
    });
    connection.addEventListener("reload", () => this.#begin());
    connection.addEventListener("refused", () => this.fetch()); // its answer tells what to do
    connection.addEventListener("state", () => this.paint());
    connection.addEventListener("hello", ({ detail }) => this.#greeted(detail));
    this.at("who").addEventListener("click", () => (session.token ? session.end() : session.ask()));
    session.addEventListener("change", () => this.paint());
    document.addEventListener("theme", () => this.paint());
    followConnection(connection, { clock: this.clock, timeOfDay: (at) => this.timeOfDay(at, { seconds: true }) });
    setInterval(() => this.paint(), 1000);
    this.paint();
    this.#begin();
  }

  /** Shows what all pages have; `empty`: there is nothing on this one. */
  paint() {
    setText(this.at("clock"), this.timeOfDay(this.clock.now()));
    this.at("cut").hidden = this.connection.state !== State.cutOff;
    this.root.classList.toggle("is-cut", this.connection.state === State.cutOff);
    const { session } = this;
    setText(this.at("who"), session.name ? say("signed_in", { name: session.name }) : say("sign_in"));
    setText(this.at("theme-switch"), say(`theme_${document.documentElement.dataset.themeChoice}`));
    this.dispatchEvent(new Event("paint"));
  }

  /** Says what the list is: nothing while it has something to show. */
  paintList({ empty }) {
    const shown = this.listState === "ready" ? (empty ? "empty" : "") : this.listState;
    for (const state of this.root.querySelectorAll("[data-list]")) state.hidden = state.dataset.list !== shown;
  }

  /** Read the views, for as long as it takes; answers the position, or null when overtaken. */
  async fetch() {
    const mine = (this.#wanted += 1);
    while (mine === this.#wanted) {
      try {
        const found = [];
        // one after the other: what happens after the first one's position is heard of again
        for (const view of this.views) found.push(await ask(`${this.api}/${view}`));
        if (mine !== this.#wanted) return null;
        this.#backoff.reset();
        this.listState = "ready";
        this.take(...found);
        this.paint();
        return found[0].position;
      } catch (error) {
        if (error instanceof NotEnrolled) this.listState = "refused";
        else if (this.listState !== "ready") this.listState = "error";
        setText(this.at("list-trouble"), error.message);
        this.paint();
      }
      await new Promise((resolve) => setTimeout(resolve, this.#backoff.next()));
    }
    return null;
  }

  /** Read the view soon, once for all that asks for it until then. */
  gather() {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.fetch();
    }, GATHER_MS);
  }

  /** Does it at the node as who is signed in, asking who it is first; answers what the node said, or null. */
  async act(path, body, method = "POST") {
    if (!(await this.session.ask())) return null;
    [this.trouble, this.refusal] = ["", null];
    const unsure = this.#unsure;
    const same = unsure && unsure.path === path && JSON.stringify(unsure.body) === JSON.stringify(body);
    const key = same ? unsure.key : newKey();
    this.#unsure = null;
    this.panel.setAttribute("aria-busy", "true");
    try {
      return await send(`${this.api}/${path}`, body, { method, token: this.session.token, key });
    } catch (error) {
      if (error instanceof Unheard) this.#unsure = { path, body, key };
      if (error instanceof NotSignedIn) this.session.end();
      this.trouble = error instanceof Unheard ? say("no_answer") : error.message;
      const { field = null, problems = [] } = error.details ?? {};
      if (error.code) this.refusal = { code: error.code, field: field ?? problems[0]?.field ?? null };
      return null;
    } finally {
      this.panel.removeAttribute("aria-busy");
      this.paint();
    }
  }

  /** Fills the panel beside the list with parts, and keeps the focus there; null hides it. */
  fillPanel(parts, close) {
    const { panel } = this;
    const hadFocus = panel.contains(document.activeElement);
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "panel-close", textContent: "×", onclick: close });
    button.setAttribute("aria-label", say("close"));
    panel.replaceChildren(button, ...parts);
    if (hadFocus) panel.querySelector("h2").focus();
  }

  async #begin() {
    const position = await this.fetch();
    if (position !== null) this.connection.resumeFrom(position ?? null); // a view without one: from now on
  }

  #greeted(hello) {
    if (this.#version !== null && hello.version !== this.#version) location.reload(); // the node was updated: so is its screen
    if (this.#version !== null) this.gather();
    this.#version = hello.version;
    ask(`${this.api}/status`).then(
      (status) => {
        this.connection.learn(status.sync);
        this.kitchen.hear(status);
      },
      (error) => console.warn("the node's status could not be read; its next sync_status tells", error),
    );
  }
}
