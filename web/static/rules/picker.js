// Picks items and headings by a search: a list of what fits below the field, what was picked as chips above it.

import { element } from "../dom.js";
import { say } from "../texts.js";

const FOUND_MAX = 8;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let made = 0;

/** The headings and items of a menu as they can be picked: [{what, id, name, hint}]. */
export function pickable(menu) {
  const names = new Map(menu.categories.map((one) => [one.id, one.name]));
  return [
    ...menu.categories.map(({ id, name }) => ({ what: "category", id, name, hint: say("heading_whole") })),
    ...menu.items.map(({ id, name, category_id }) => ({ what: "item", id, name, hint: names.get(category_id) ?? "" })),
  ];
}

export class Picker {
  #at = 0;
  #found = [];

  /** things: as `pickable` has them; chosen: [{what, id}]; one: a second pick takes the place of the first. */
  constructor({ label, hint, things, chosen, one, onchange }) {
    Object.assign(this, { things, chosen, one, onchange });
    const id = `picker-${(made += 1)}`;
    this.chips = element("ul", { class: "chips" });
    this.list = element("ul", { id, class: "found", role: "listbox", "aria-label": label, hidden: true });
    this.input = element("input", {
      type: "search", role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list",
      placeholder: hint, autocomplete: "off",
      oninput: () => this.#search(), onkeydown: (event) => this.#press(event), onfocus: () => this.#search(),
      onblur: () => this.#shut(),
    });
    this.node = element("div", { class: "picker" }, element("label", { class: "field" }, label, this.input), this.list, this.chips);
    this.#paint();
  }

  #search() {
    const words = plain(this.input.value).split(/\s+/).filter(Boolean);
    const fits = (thing) => words.every((word) => plain(thing.name).includes(word));
    const free = this.things.filter((thing) => !this.#has(thing));
    // what begins with the words before what only holds them
    const first = (thing) => (words.length && plain(thing.name).startsWith(words[0]) ? 0 : 1);
    this.#found = words.length ? free.filter(fits).sort((one, other) => first(one) - first(other)).slice(0, FOUND_MAX) : [];
    this.#at = 0;
    this.#paintFound();
  }

  #has({ what, id }) {
    return this.chosen.some((one) => one.what === what && one.id === id);
  }

  #press(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const count = this.#found.length;
      if (count) this.#at = (this.#at + (key === "ArrowDown" ? 1 : count - 1)) % count;
      this.#paintFound();
    } else if (key === "Enter") {
      if (this.#found[this.#at]) this.#pick(this.#found[this.#at]);
    } else if (key === "Escape" && (this.input.value || this.#found.length)) {
      this.input.value = "";
      this.#shut();
    } else if (key === "Backspace" && !this.input.value && this.chosen.length) this.#drop(this.chosen.at(-1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #pick(thing) {
    this.chosen = this.one ? [thing] : [...this.chosen, thing];
    this.input.value = "";
    this.#changed();
    this.input.focus();
  }

  #drop({ what, id }) {
    this.chosen = this.chosen.filter((one) => one.what !== what || one.id !== id);
    this.#changed();
  }

  #changed() {
    this.#shut();
    this.#paint();
    this.onchange(this.chosen);
  }

  #shut() {
    this.#found = [];
    this.#paintFound();
  }

  #paintFound() {
    this.list.hidden = !this.#found.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.list.replaceChildren(...this.#found.map((thing, place) => element("li", {
      role: "option", id: `${this.list.id}-${place}`, "aria-selected": String(place === this.#at),
      onpointerdown: (event) => event.preventDefault(), // the field keeps the focus until the click
      onclick: () => this.#pick(thing),
    }, element("span", {}, thing.name), element("span", { class: "soft" }, thing.hint))));
    if (this.#found.length) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.#at}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  #paint() {
    const known = new Map(this.things.map((thing) => [`${thing.what} ${thing.id}`, thing]));
    const shown = this.chosen.map((one) => ({ ...one, name: known.get(`${one.what} ${one.id}`)?.name ?? say("nothing_yet") }));
    this.chips.replaceChildren(...shown.map((one) => element("li", { class: "chip", data: { what: one.what } },
      element("span", {}, one.what === "category" ? say("all_of", { heading: one.name }) : one.name),
      element("button", { type: "button", "aria-label": say("take_out", { name: one.name }), onclick: () => this.#drop(one) }, "×"))));
  }
}
