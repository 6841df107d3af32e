// Lays the cards out on the board and keeps them where they are for as long as it can.

import { element } from "../dom.js";
import { buildCard, lineCount, paintCard, signature } from "./card.js";
import { pack } from "./columns.js";

// A card that has just slid under a finger in flight takes no press for this long.
const SETTLE_MS = 350;

export class View {
  #parts = new Map();
  #heights = new Map();
  #columns = [];
  #views = new Map();
  #laid = "";

  constructor(area) {
    this.area = area;
    this.ruler = element("div", { class: "column ruler", "aria-hidden": "true", inert: true });
    this.page = 0;
  }

  get pages() {
    return Math.max(1, Math.ceil(this.#columns.length / this.#columnCount()));
  }

  /** Lay out `views` ([{entry, key, station, step, lineSteps, picking}, …], oldest first). */
  render(views, now) {
    this.#views = new Map(views.map((view) => [view.entry.ticket.id, view]));
    this.#measure(views);
    const { height, gap } = this.#room();
    this.#columns = pack(views.map((view) => this.#heights.get(signature(view))), { height, gap });
    this.page = Math.min(this.page, this.pages - 1);
    this.#place();
    this.paint(now);
  }

  /** Bring ages and steps up to date; moves nothing. */
  paint(now, stepsOf = null) {
    for (const card of this.area.querySelectorAll(".card")) {
      const view = this.#views.get(card.dataset.ticket);
      if (!view) continue;
      if (stepsOf) Object.assign(view, stepsOf(card.dataset.ticket));
      paintCard(card, view, now);
    }
  }

  turn(by) {
    this.page = Math.min(Math.max(0, this.page + by), this.pages - 1);
    this.#place();
  }

  /** How many tickets stand only on other pages. */
  get elsewhere() {
    const here = new Set(this.#shown().flat().map((piece) => piece.id));
    return [...this.#views.keys()].filter((id) => !here.has(id)).length;
  }

  /** Ticket ids of the page, by column, each ticket once. */
  get grid() {
    const seen = new Set();
    const once = (piece) => !seen.has(piece.id) && seen.add(piece.id);
    return this.#shown().map((column) => column.filter(once).map((piece) => piece.id));
  }

  cardOf(id) {
    return this.area.querySelector(`.card[data-ticket="${CSS.escape(id)}"][data-part="0"]`);
  }

  #shown() {
    const count = this.#columnCount();
    return this.#columns.slice(this.page * count, (this.page + 1) * count);
  }

  #place() {
    const shown = JSON.stringify(this.#shown().map((pieces) => pieces.map((piece) => this.#key(piece))));
    if (shown === this.#laid) return; // nothing to move: then nothing is touched
    this.#laid = shown;
    const before = this.#rectangles();
    const focused = document.activeElement?.closest(".card")?.dataset.ticket;
    const parts = new Map();
    const columns = this.#shown().map((pieces) =>
      element("div", { class: "column" }, ...pieces.map((piece) => this.#part(piece, parts))),
    );
    this.#parts = parts;
    this.area.replaceChildren(...columns);
    if (focused) this.cardOf(focused)?.querySelector(".card-head")?.focus({ preventScroll: true });
    this.#settle(before);
  }

  // The same part of the same ticket keeps its element, and with it its focus and a screen reader's place.
  #part(piece, parts) {
    const key = this.#key(piece);
    const part = this.#parts.get(key) ?? buildCard(this.#views.get(piece.id), piece);
    parts.set(key, part);
    return part;
  }

  #key(piece) {
    return JSON.stringify([signature(this.#views.get(piece.id)), piece]);
  }

  #measure(views) {
    const unknown = views.filter((view) => !this.#heights.has(signature(view)));
    const known = new Map(views.map((view) => [signature(view), this.#heights.get(signature(view))]));
    if (unknown.length > 0) {
      const whole = (view) => buildCard(view, { part: 0, from: 0, to: lineCount(view), last: true });
      const cards = unknown.map(whole);
      const split = buildCard(unknown[0], { part: 1, from: 0, to: 0, last: false });
      this.ruler.replaceChildren(...cards, split);
      this.area.append(this.ruler);
      const again = tall(split.querySelector(".card-again"));
      const more = tall(split.querySelector(".card-more"));
      unknown.forEach((view, index) => {
        const measured = { id: view.entry.ticket.id, again, more, ...heightsOf(cards[index]) };
        known.set(signature(view), measured);
      });
      this.ruler.remove();
    }
    this.#heights = known;
  }

  /** Call when the screen's size or type changed: every height is measured anew. */
  forgetHeights() {
    this.#heights = new Map();
    this.#parts = new Map();
    this.#laid = "";
  }

  #columnCount() {
    return Number(getComputedStyle(this.area).getPropertyValue("--columns")) || 1;
  }

  #room() {
    const style = getComputedStyle(this.area);
    const height = this.area.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    return { height, gap: parseFloat(style.columnGap) || 0 };
  }

  #rectangles() {
    return [...this.area.querySelectorAll(".card")].map((card) => [card.dataset.ticket, card.getBoundingClientRect()]);
  }

  #settle(before) {
    const cards = [...this.area.querySelectorAll(".card")];
    const moved = cards.filter((card) => {
      const now = card.getBoundingClientRect();
      return before.some(([id, was]) => id !== card.dataset.ticket && overlaps(was, now));
    });
    for (const card of moved) card.classList.add("is-settling");
    setTimeout(() => moved.forEach((card) => card.classList.remove("is-settling")), SETTLE_MS);
  }
}

function heightsOf(card) {
  const border = card.getBoundingClientRect().height - card.clientHeight;
  const foot = card.querySelector(".card-foot");
  return {
    head: tall(card.querySelector(".card-head")) + border,
    lines: [...card.querySelectorAll(".lines > .line")].map(tall),
    foot: foot ? tall(foot) : 0,
  };
}

function tall(node) {
  return node.getBoundingClientRect().height;
}

function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
