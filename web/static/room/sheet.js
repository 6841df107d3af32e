// One thing as a sheet: what it is, what is in it, what can be chosen, and a price that follows the choices.

import { element } from "../dom.js";
import { say } from "../texts.js";
import { QUANTITY_MAX } from "./cart.js";
import { countOf, firstChoices, groupsUnder, isGone, missing, priceOf, sent, withChoice } from "./choosing.js";
import { picture } from "./menu.js";
import { absence, added, amount, button, refill, stepper } from "./words.js";

const NOTE_LENGTH_MAX = 120;

export class Sheet {
  #menu = null;
  #item = null;
  #choices = [];
  #quantity = 1;
  #asked = false; // whether it was tried without what must be chosen

  /** take: called with the line that a guest wants. */
  constructor(dialog, { take, photos }) {
    Object.assign(this, { dialog, take, photos });
    this.body = dialog.querySelector("[data-sheet-body]");
    this.foot = dialog.querySelector("[data-sheet-foot]");
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  open(menu, item) {
    const groups = item.group_ids.map((id) => menu.groups.get(id));
    Object.assign(this, { groups });
    [this.#menu, this.#item, this.#quantity, this.#asked] = [menu, item, 1, false];
    this.#choices = firstChoices(menu, groups);
    this.body.replaceChildren();
    this.paint();
    this.dialog.showModal();
    this.body.scrollTop = 0;
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  /** The menu is another: what is open says so. */
  renew(menu) {
    if (!this.dialog.open) return;
    const item = menu.items.get(this.#item.id);
    if (!item) this.close();
    else [this.#menu, this.#item] = [menu, item];
    this.paint();
  }

  paint() {
    const item = this.#item;
    const note = this.body.querySelector("textarea")?.value ?? "";
    refill(this.body,
      picture(item, this.photos, { eager: true }),
      element("h2", { id: "sheet-title" }, item.name),
      item.description && element("p", {}, item.description),
      facts(say("diets"), item.diets.map((diet) => say(`diet_${diet}`))),
      facts(say("allergens"), item.allergens.map((one) => say(`allergen_${one}`))),
      ...this.groups.map((group) => this.#group(group, this.#choices, (choices) => this.#choose(choices))),
      element("label", { class: "field", data: { focus: "note" } }, say("note_kitchen"),
        element("textarea", { name: "note", rows: 2, maxlength: NOTE_LENGTH_MAX })));
    this.body.querySelector("textarea").value = note;
    this.#paintFoot();
  }

  #paintFoot() {
    const each = priceOf(this.#menu, this.#item.id, this.#choices);
    const change = (quantity) => {
      this.#quantity = quantity;
      this.#paintFoot();
    };
    const gone = absence(this.#item);
    const label = gone || say("add", { amount: amount((each ?? 0) * this.#quantity) });
    refill(this.foot,
      element("div", { data: { focus: "quantity" } },
        stepper(this.#quantity, { least: 1, most: QUANTITY_MAX, change, of: say("how_many") })),
      button("add", () => this.#add(), { kind: "is-primary", disabled: Boolean(gone) || each === null, label }));
  }

  #choose(choices) {
    this.#choices = choices;
    this.paint();
  }

  #add() {
    const wanting = missing(this.#menu, this.groups, this.#choices);
    if (wanting.length) {
      this.#asked = true;
      this.paint();
      const first = this.body.querySelector(`[data-group="${wanting[0].id}"]`);
      first.scrollIntoView({ block: "center" });
      first.querySelector("input:not(:disabled)")?.focus({ preventScroll: true });
      return;
    }
    const note = this.body.querySelector("textarea").value.trim() || null;
    const options = sent(this.#menu, this.groups, this.#choices);
    this.close();
    this.take({ menu_item_id: this.#item.id, quantity: this.#quantity, options, note });
  }

  #group(group, choices, change, path = "") {
    const short = this.#asked && countOf(group, choices) < group.choices_min;
    const where = `${path}/${group.id}`;
    return element("fieldset", { class: `group ${short ? "is-short" : ""}`, data: { group: group.id } },
      element("legend", {}, element("span", {}, group.name), element("span", { class: "soft" }, bounds(group))),
      short && element("p", { class: "field-error", role: "alert" }, say("choose_first")),
      ...group.options.map((option) => this.#option(group, option, choices, change, where)));
  }

  #option(group, option, choices, change, where) {
    const mine = choices.find((one) => one.option_id === option.id);
    const gone = isGone(this.#menu, option);
    const [single, key] = [group.choices_max === 1, `${where}/${option.id}`];
    const full = !single && !mine && countOf(group, choices) >= group.choices_max;
    const set = (quantity) => change(withChoice(this.#menu, choices, group, option, quantity));
    const input = element("input", {
      type: single && group.choices_min === 1 ? "radio" : "checkbox", name: where, disabled: gone || full,
      onchange: ({ target }) => set(target.checked ? 1 : 0),
    });
    input.checked = Boolean(mine);
    const under = mine ? groupsUnder(this.#menu, option) : [];
    const most = group.choices_max - countOf(group, choices) + (mine?.quantity ?? 0);
    return element("div", { class: "option" },
      element("label", { class: "option-row", data: { focus: key } }, input,
        element("span", { class: "option-name" }, option.name),
        element("span", { class: "soft figure" }, gone ? say("sold_out") : added(option.price_delta_minor))),
      mine && !single && most > 1 && element("div", { class: "option-count", data: { focus: `${key}/count` } },
        stepper(mine.quantity, { most, change: set, of: option.name })),
      ...under.map((one) => this.#group(one, mine.options, (options) => change(
        choices.map((other) => (other === mine ? { ...mine, options } : other)),
      ), key)));
  }
}

function bounds({ choices_min: least, choices_max: most }) {
  if (least === 0) return most === 1 ? say("choose_may") : say("choose_up_to", { most });
  return least === most ? say("choose_exactly", { most }) : say("choose_between", { least, most });
}

function facts(name, words) {
  return words.length > 0 && element("p", { class: "facts" }, element("strong", {}, name), ` ${words.join(", ")}`);
}
