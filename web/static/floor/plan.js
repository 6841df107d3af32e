// Draws the tables of one area where they stand. Elements stay the same while a table is there, so that nothing moves
// under a finger and the focus stays where it is.

import { element, setText } from "../dom.js";
import { covers, joined, since, spoken, stateWord } from "./words.js";

const byLabel = new Intl.Collator(document.documentElement.lang || "en", { numeric: true });
const MARGIN = 32;
const TARGET_PX = 48;
const SCALE_MIN = 0.85;
const SCALE_MAX = 1.5;

export class Plan {
  #nodes = new Map();
  #drawn = [];
  scale = 1;

  constructor(area) {
    this.area = area;
    new ResizeObserver(() => this.#fit()).observe(area.parentElement);
  }

  /** tables: those of the area shown. */
  render(tables, { now, selected, drawing, labelOf, keptFor }) {
    this.#drawn = tables;
    this.drawing = drawing;
    this.area.classList.toggle("is-drawing", drawing);
    const wanted = new Set(tables.map((table) => table.id));
    for (const [id, node] of this.#nodes) {
      if (wanted.has(id)) continue;
      node.remove();
      this.#nodes.delete(id);
    }
    // Read and stepped through by their labels as people count them: 2 before 10.
    const inOrder = [...tables].sort((one, other) => byLabel.compare(one.label, other.label));
    const isNew = inOrder.some((table) => !this.#nodes.has(table.id));
    for (const table of inOrder) {
      const node = this.#nodes.get(table.id) ?? this.#make(table.id);
      if (isNew) this.area.append(node);
      node.classList.toggle("is-selected", table.id === selected);
      node.dataset.state = table.doubled ? "doubled" : table.state;
      node.dataset.shape = table.shape;
      node.setAttribute("aria-label", [spoken(table, now, labelOf), keptFor(table.id)].filter(Boolean).join(", "));
      setText(node.querySelector(".table-label"), table.label);
      setText(node.querySelector(".table-word"), stateWord(table));
      setText(node.querySelector(".table-since"), since(table, now));
      setText(node.querySelector(".table-covers"), covers(table));
      setText(node.querySelector(".table-joined"), joined(table, labelOf));
      setText(node.querySelector(".table-kept"), keptFor(table.id));
      this.place(table);
    }
    this.#fit();
  }

  place({ id, x, y, w, h, rotation }) {
    const style = this.#nodes.get(id)?.style;
    if (!style) return;
    for (const [name, value] of Object.entries({ x, y, w, h })) style.setProperty(`--${name}`, String(value));
    style.setProperty("--turn", `${rotation}deg`);
  }

  nodeOf(id) {
    return this.#nodes.get(id) ?? null;
  }

  #make(id) {
    const node = element(
      "button",
      { type: "button", class: "table-spot", data: { table: id } },
      element("span", { class: "table-shape", "aria-hidden": "true" }),
      element(
        "span",
        { class: "table-words", "aria-hidden": "true" },
        element("span", { class: "table-label" }),
        element("span", { class: "table-state" }, element("span", { class: "mark" }), element("span", { class: "table-word" })),
        element("span", { class: "table-figures figure" }, element("span", { class: "table-covers" }), element("span", { class: "table-since" })),
        element("span", { class: "table-joined" }),
        element("span", { class: "table-kept figure" }),
      ),
    );
    this.#nodes.set(id, node);
    return node;
  }

  // The whole area in sight where that leaves every table large enough for a finger; else it scrolls.
  #fit() {
    const box = this.area.parentElement;
    const right = Math.max(400, ...this.#drawn.map((table) => table.x + table.w)) + MARGIN;
    const bottom = Math.max(300, ...this.#drawn.map((table) => table.y + table.h)) + MARGIN;
    const smallest = Math.min(96, ...this.#drawn.flatMap((table) => [table.w, table.h]));
    const fit = Math.min(box.clientWidth / right, box.clientHeight / bottom, SCALE_MAX);
    this.scale = this.drawing ? 1 : Math.max(fit, TARGET_PX / smallest, SCALE_MIN);
    this.area.style.setProperty("--scale", String(this.scale));
    this.area.style.setProperty("--plan-w", String(this.drawing ? 1600 : right));
    this.area.style.setProperty("--plan-h", String(this.drawing ? 1200 : bottom));
  }
}
