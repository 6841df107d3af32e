// Housekeeping and messages: what the room asks for, and what the house answers.

import { element, setText } from "../dom.js";
import { say } from "../texts.js";
import { refill, timeOfDay } from "./words.js";

export const WISHES = ["cleaning", "towels", "toiletries", "pillows", "turndown"];

export class Asking {
  /** about: housekeeping or message; send: called with {about, wishes, text}, answers why not, or "". */
  constructor(root, about, { send }) {
    Object.assign(this, { root, about, send });
    this.form = root.querySelector("form");
    this.list = root.querySelector("[data-asks]");
    const wishes = root.querySelector("[data-wishes]");
    wishes?.replaceChildren(...WISHES.map((wish) =>
      element("label", { class: "wish" }, element("input", { type: "checkbox", name: "wish", value: wish }), say(`wish_${wish}`))));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  begin() {
    this.form.reset();
    this.#tell("");
  }

  paint(asks) {
    const mine = asks.filter((ask) => ask.about === this.about).reverse();
    refill(this.list, ...mine.map(card));
  }

  async #submit() {
    const wishes = [...this.form.querySelectorAll("[name=wish]:checked")].map((input) => input.value);
    const text = this.form.text.value.trim() || null;
    if (!wishes.length && !text) {
      this.#tell(say("ask_empty"));
      return;
    }
    const submit = this.form.querySelector("[type=submit]");
    submit.disabled = true;
    const trouble = await this.send({ about: this.about, wishes, text });
    submit.disabled = false;
    if (!trouble) this.form.reset();
    this.#tell(trouble);
  }

  #tell(text) {
    setText(this.root.querySelector("[data-trouble]"), text);
  }
}

function card(ask) {
  const words = [...ask.wishes.map((wish) => say(`wish_${wish}`)), ask.text].filter(Boolean).join(", ");
  const answered = ask.answered_at !== null;
  return element("li", { class: "surface ask", data: { answered } },
    element("p", {}, element("span", { class: "soft figure" }, `${timeOfDay(Date.parse(ask.at))} `), words),
    element("p", { class: answered ? "answer" : "soft" },
      answered ? ask.answer ?? say("ask_done") : say("ask_sent")));
}
