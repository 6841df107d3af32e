// Draws the rows. Elements stay the same while an order is open, and none changes its place while a finger is down.

import { element, setText } from "../dom.js";
import { lasting, money } from "../staff/words.js";
import { say, sayCount } from "../texts.js";
import { isLate } from "./orders.js";

const MINUTE_MS = 60_000;
const CELLS = ["number", "place", "server", "progress", "age", "promised", "due"];

export class Rows {
  #nodes = new Map();
  #pressed = false;

  constructor(body) {
    this.body = body;
    body.addEventListener("pointerdown", () => (this.#pressed = true));
    for (const ends of ["pointerup", "pointercancel"]) document.addEventListener(ends, () => (this.#pressed = false));
  }

  /** rows in their order; `timeOfDay` writes milliseconds as a time. */
  render(rows, { now, locale, selected, timeOfDay }) {
    const wanted = new Set(rows.map((row) => row.id));
    for (const [id, node] of this.#nodes) {
      if (wanted.has(id)) continue;
      node.remove();
      this.#nodes.delete(id);
    }
    for (const row of rows) {
      if (!this.#nodes.has(row.id)) this.#make(row.id);
      this.#fill(this.#nodes.get(row.id), row, { now, locale, selected, timeOfDay });
    }
    if (!this.#pressed) this.#arrange(rows);
  }

  nodeOf(id) {
    return this.#nodes.get(id)?.querySelector("button") ?? null;
  }

  /** The order whose row is `step` away from the one in focus; the first when none is. */
  neighbour(step) {
    const all = [...this.body.children];
    const at = all.indexOf(document.activeElement?.closest("tr"));
    return all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]?.dataset.order ?? null;
  }

  #arrange(rows) {
    const focused = document.activeElement;
    rows.forEach((row, place) => {
      const node = this.#nodes.get(row.id);
      if (this.body.children[place] !== node) this.body.insertBefore(node, this.body.children[place] ?? null);
    });
    if (focused !== document.activeElement && this.body.contains(focused)) focused.focus();
  }

  #make(id) {
    const line = (name) => element("span", { class: name });
    const cell = (name) => element("td", { data: { cell: name } }, line("cell-main"), line("cell-more"));
    const node = element("tr", { data: { order: id } }, ...CELLS.map(cell));
    const number = node.querySelector("[data-cell=number] .cell-main");
    number.replaceWith(element("button", { type: "button", class: "cell-main order-open" }));
    const bar = element("span", { class: "bar", "aria-hidden": "true" }, element("span"));
    node.querySelector("[data-cell=progress]").prepend(bar);
    this.#nodes.set(id, node);
    this.body.append(node);
  }

  #fill(node, row, { now, locale, selected, timeOfDay }) {
    const { order } = row;
    const late = isLate(row, now);
    const put = (cell, main, more) => {
      setText(node.querySelector(`[data-cell=${cell}] .cell-main`), main ?? "");
      setText(node.querySelector(`[data-cell=${cell}] .cell-more`), more ?? "");
    };
    node.classList.toggle("is-selected", row.id === selected);
    node.classList.toggle("is-late", late);
    node.dataset.state = row.state;
    node.dataset.service = row.service;
    put("number", order.number, serviceOf(row));
    const place = placeOf(row);
    const guests = order.covers ? sayCount("guests", order.covers) : null;
    const more = [order.table ? order.tab : null, row.area?.name, guests].filter(Boolean).join(" · ");
    put("place", place ?? guests ?? order.note, place ? more : "");
    node.classList.toggle("is-placeless", !(place ?? guests ?? order.note));
    put("server", order.server_name, "");
    put("progress", say(`state_${row.state}`), progress(row));
    node.querySelector(".bar").style.setProperty("--done", String(row.all ? row.done / row.all : 0));
    put("age", lasting(now - row.openedAt), "");
    put("promised", row.promisedAt === null ? "" : timeOfDay(row.promisedAt), promised(row, late, now));
    put("due", money(order.due_minor, order.currency, locale), order.paid_minor ? say("paid", { amount: money(order.paid_minor, order.currency, locale) }) : "");
  }
}

export function serviceOf(row) {
  return row.service === "tab" ? say("of_tab") : say(`service_${row.service}`);
}

/** The table, the room, or the name of the tab. */
export function placeOf({ service, order }) {
  if (!order.table) return order.tab;
  return service === "room_service" ? say("room", { room: order.table }) : say("table", { table: order.table });
}

function progress(row) {
  if (row.served) return say("progress_served", { all: row.all });
  return say("progress", { done: row.done, all: row.all });
}

function promised(row, late, now) {
  if (row.promisedAt === null) return "";
  if (Math.abs(now - row.promisedAt) < MINUTE_MS && row.waits) return say("promised_now");
  if (late) return say("promised_late", { time: lasting(now - row.promisedAt) });
  if (!row.waits) return "";
  return row.order.promise === "given" ? say("promised_in", { time: lasting(row.promisedAt - now) }) : say("reckoned");
}
