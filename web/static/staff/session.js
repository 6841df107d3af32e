// Who is signed in at this screen. The token lives as long as the tab; the node decides what it may do and when it ends.

import { ask, send, Unheard } from "../node.js";
import { element, setText } from "../dom.js";
import { say } from "../texts.js";

const KEY = "buffr-session";

export class Session extends EventTarget {
  #known = read();

  constructor({ api, dialog }) {
    super();
    Object.assign(this, { api, dialog });
    this.form = dialog.querySelector("form");
    this.trouble = dialog.querySelector("[data-trouble]");
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  get token() {
    return this.#known?.token ?? null;
  }

  get name() {
    return this.#known?.person.display_name ?? null;
  }

  may(permission) {
    const mine = this.#known?.permissions ?? [];
    return mine.includes("*") || mine.includes(permission);
  }

  /** Ask who it is; resolves to whether somebody is signed in when the dialog closes. */
  async ask() {
    if (this.token) return true;
    setText(this.trouble, "");
    try {
      const { items } = await ask(`${this.api}/people`);
      const able = items.filter((person) => person.has_pin);
      this.form.person.replaceChildren(...able.map((one) => element("option", { value: one.id }, one.display_name)));
    } catch (error) {
      setText(this.trouble, error.message);
    }
    this.form.pin.value = "";
    this.dialog.showModal();
    this.form.pin.focus();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.token !== null), { once: true });
    });
  }

  /** Whoever was signed in is so no more: here at once, and at the node as soon as it hears of it. */
  end() {
    const token = this.token;
    this.#keep(null);
    if (token === null) return;
    send(`${this.api}/sign-outs`, {}, { token }).catch((error) => console.warn("the session ends by itself later", error));
  }

  async #submit() {
    const button = this.form.querySelector("[type=submit]");
    button.setAttribute("aria-busy", "true");
    try {
      const body = { person_id: this.form.person.value, pin: this.form.pin.value };
      this.#keep(await send(`${this.api}/sign-ins`, body));
      this.dialog.close();
    } catch (error) {
      setText(this.trouble, error instanceof Unheard ? say("no_answer") : error.message);
      this.form.pin.value = "";
      this.form.pin.focus();
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  #keep(session) {
    this.#known = session;
    if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
    else sessionStorage.removeItem(KEY);
    this.dispatchEvent(new Event("change"));
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null; // storage is closed to us: they sign in again after a reload
  }
}
