// The menu: headings that stay in reach, search, and a card for each thing.

import { element, setText } from "../dom.js";
import { say } from "../texts.js";
import { found } from "./finding.js";
import { absence, amount } from "./words.js";

const SPY_MARGIN = "-30% 0px -65% 0px"; // the heading whose section crosses this band is the one at hand

export class MenuView {
  #menu = null;
  #spy = null;

  /** open: called with the item that a guest wants to see. */
  constructor(root, { open, photos }) {
    Object.assign(this, { root, open, photos });
    this.headings = root.querySelector("[data-headings]");
    this.list = root.querySelector("[data-items]");
    this.search = root.querySelector("[data-search]");
    this.search.addEventListener("input", () => this.paint());
    this.headings.addEventListener("click", (event) => this.#jump(event));
  }

  show(menu) {
    this.#menu = menu;
    this.paint();
  }

  /** As a guest finds it who has not been here. */
  begin() {
    this.search.value = "";
    if (this.#menu) this.paint();
  }

  paint() {
    const sections = this.#sections();
    const few = sections.every((section) => section.items.length === 0);
    this.headings.replaceChildren(...sections.filter((one) => one.id).map((section) => this.#heading(section)));
    this.list.replaceChildren(...sections.map((section) => this.#section(section)));
    this.root.querySelector("[data-none]").hidden = !few;
    setText(this.root.querySelector("[data-none]"), say(this.search.value ? "none_found" : "none_offered"));
    this.#watch();
  }

  #sections() {
    const menu = this.#menu;
    const names = new Map(menu.headings.map((heading) => [heading.id, heading]));
    const headingOf = (item) => names.get(item.category_id)?.name ?? "";
    const items = [...menu.items.values()];
    if (this.search.value.trim()) {
      const named = items.map((item) => ({ ...item, heading: headingOf(item) }));
      return [{ id: null, name: say("found"), items: found(named, this.search.value) }];
    }
    return inOrder(menu.headings)
      .map((heading) => ({ ...heading, items: items.filter((item) => item.category_id === heading.id) }))
      .filter((section) => section.items.length);
  }

  #heading({ id, name }) {
    return element("a", { class: "heading", href: `#${id}`, data: { heading: id } }, name);
  }

  #section({ id, name, items }) {
    return element("section", { class: "dishes", id: id ?? "found", "aria-label": name },
      element("h2", { tabindex: "-1" }, name),
      element("ul", { class: "dish-list" }, ...items.map((item) => element("li", {}, this.#card(item)))));
  }

  #card(item) {
    const marks = item.diets.map((diet) => element("span", { class: "mark" }, say(`diet_${diet}`)));
    const gone = absence(item);
    return element("button", {
      type: "button", class: `dish ${gone ? "is-gone" : ""}`, data: { item: item.id }, onclick: () => this.open(item),
    },
      element("span", { class: "dish-words" },
        element("strong", {}, item.name),
        item.description && element("span", { class: "dish-about soft" }, item.description),
        marks.length > 0 && element("span", { class: "marks" }, ...marks),
        element("span", { class: "dish-price figure" }, amount(item.price_minor),
          gone && element("span", { class: "gone" }, gone))),
      picture(item, this.photos));
  }

  // The hash is the place in the terminal: a heading is jumped to without leaving one.
  #jump(event) {
    const link = event.target.closest("[data-heading]");
    if (!link) return;
    event.preventDefault();
    const section = document.getElementById(link.dataset.heading);
    section.scrollIntoView({ block: "start" });
    section.querySelector("h2").focus({ preventScroll: true });
  }

  #watch() {
    this.#spy?.disconnect();
    this.#spy = new IntersectionObserver((seen) => {
      const at = seen.find((entry) => entry.isIntersecting)?.target.id;
      if (at) this.#mark(at);
    }, { rootMargin: SPY_MARGIN });
    for (const section of this.list.children) this.#spy.observe(section);
  }

  #mark(id) {
    for (const link of this.headings.children) {
      const here = link.dataset.heading === id;
      if (here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (here) this.headings.scrollTo({ left: link.offsetLeft - 24, behavior: "smooth" });
    }
  }
}

/** Headings as they stand, each followed by those under it. */
function inOrder(headings) {
  const known = new Set(headings.map((heading) => heading.id));
  const roots = headings.filter((heading) => !known.has(heading.parent_id));
  return roots.flatMap((root) => [root, ...headings.filter((heading) => heading.parent_id === root.id)]);
}

/** An item's photo in a place that is there before it comes; nothing where it has none. */
export function picture(item, photos, { eager = false } = {}) {
  if (!item.photo_id) return null;
  const loading = eager ? "eager" : "lazy";
  return element("img", { class: "photo", src: `${photos}/${item.photo_id}`, alt: "", loading, width: 320, height: 240 });
}
