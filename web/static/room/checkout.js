// The order before it is sent, on one page: what is in it, when, for how many, and what it comes to.

import { element, setText } from "../dom.js";
import { say } from "../texts.js";
import { QUANTITY_MAX } from "./cart.js";
import { cantBeHad, priceOf, wordsOf } from "./choosing.js";
import { amount, button, refill, stepper, timeOfDay } from "./words.js";

const COVERS_MAX = 20;
const STEP_MS = 15 * 60_000;
const SOONEST_MS = 45 * 60_000;
const TIMES_MAX = 48; // twelve hours ahead
const NOTE_LENGTH_MAX = 150;

export class Checkout {
  trouble = "";
  busy = false;
  #covers = 1;
  #wanted = ""; // "" is as soon as can be

  /** now: the node's time; send: called with {wanted_at, covers, note}. */
  constructor(root, { cart, now, send }) {
    Object.assign(this, { root, cart, now, send });
    this.lines = root.querySelector("[data-lines]");
    this.when = root.querySelector("[data-when]");
    this.note = root.querySelector("[data-note]");
    this.note.maxLength = NOTE_LENGTH_MAX;
    this.when.addEventListener("change", () => (this.#wanted = this.when.value));
  }

  begin() {
    [this.#covers, this.#wanted, this.trouble, this.busy] = [1, "", "", false];
    this.note.value = "";
  }

  /** What the lines come to; null while something of it can't be had. */
  total(menu) {
    const amounts = this.cart.lines.map((line) => (cantBeHad(menu, line) ? null : costs(menu, line)));
    return amounts.includes(null) ? null : amounts.reduce((sum, one) => sum + one, 0);
  }

  paint(menu) {
    const total = this.total(menu);
    refill(this.lines, ...this.cart.lines.map((line, place) => this.#line(menu, line, place)));
    this.#paintTimes();
    refill(this.root.querySelector("[data-covers]"), element("div", { data: { focus: "covers" } },
      stepper(this.#covers, { least: 1, most: COVERS_MAX, of: say("covers"), change: (covers) => {
        this.#covers = covers;
        this.paint(menu);
      } })));
    const words = total === null ? say("total_unclear") : amount(total);
    setText(this.root.querySelector("[data-total]"), words);
    const more = menu.taxed_on_top || this.#covers >= menu.party_min;
    this.root.querySelector("[data-on-top]").hidden = !more;
    const empty = this.cart.lines.length === 0;
    this.root.querySelector("[data-cart-empty]").hidden = !empty;
    this.root.querySelector("[data-cart-full]").hidden = empty;
    const error = this.root.querySelector("[data-trouble]");
    setText(error, total === null ? say("cart_gone") : this.trouble);
    const order = this.root.querySelector("[data-send-order]");
    order.disabled = total === null || this.busy;
    order.toggleAttribute("aria-busy", this.busy);
    setText(order, total === null ? say("order_now") : say("order_for", { amount: amount(total) }));
  }

  /** What is sent beside the lines; `kitchenWord` says a time in the house's own language. */
  details(kitchenWord) {
    const at = this.#wanted ? Number(this.#wanted) : null;
    const note = this.note.value.trim();
    const told = at === null ? [] : [kitchenWord.replace("{time}", timeOfDay(at))];
    return {
      wanted_at: at === null ? null : new Date(at).toISOString(),
      covers: this.#covers,
      note: [...told, note].filter(Boolean).join(" · ") || null,
    };
  }

  #paintTimes() {
    const first = Math.ceil((this.now() + SOONEST_MS) / STEP_MS) * STEP_MS;
    const times = Array.from({ length: TIMES_MAX }, (_, step) => first + step * STEP_MS);
    if (this.when.options[1]?.value === String(first)) return;
    if (this.#wanted && Number(this.#wanted) < first) this.#wanted = "";
    this.when.replaceChildren(
      element("option", { value: "" }, say("as_soon")),
      ...times.map((at) => element("option", { value: at }, timeOfDay(at))));
    this.when.value = this.#wanted;
  }

  #line(menu, line, place) {
    const item = menu.items.get(line.menu_item_id);
    const gone = cantBeHad(menu, line);
    const words = [...wordsOf(menu, line.options), line.note].filter(Boolean).join(", ");
    const change = (quantity) => this.cart.set(line, quantity);
    return element("li", { class: `line ${gone ? "is-gone" : ""}` },
      element("span", { class: "line-words" },
        element("strong", {}, item?.name ?? say("not_offered")),
        words && element("span", { class: "soft" }, words),
        gone && element("span", { class: "gone" }, say("line_gone"))),
      gone
        ? button("take_away", () => change(0))
        : element("div", { data: { focus: `line/${place}` } },
          stepper(line.quantity, { most: QUANTITY_MAX, change, of: item.name })),
      element("span", { class: "figure line-amount" }, gone ? "" : amount(costs(menu, line))));
  }
}

function costs(menu, line) {
  return priceOf(menu, line.menu_item_id, line.options) * line.quantity;
}
