// The rail at the side: all-day counts of what is being made.

import { element, setText } from "../dom.js";
import { say } from "../texts.js";
import { isToMake } from "./words.js";

/** Totals by item over the open tickets, of what is still to be made: [[name, count], …], the most first. */
export function allDay(entries) {
  const totals = new Map();
  for (const { ticket } of entries) {
    for (const line of ticket.lines) {
      if (!isToMake(line, ticket)) continue;
      totals.set(line.name, (totals.get(line.name) ?? 0) + line.quantity);
    }
  }
  return [...totals].sort(([a, left], [b, right]) => right - left || a.localeCompare(b));
}

export function paintAllDay(rail, entries) {
  const totals = allDay(entries);
  const list = rail.querySelector("[data-all-day]");
  const words = JSON.stringify(totals);
  if (list.dataset.words === words) return;
  list.dataset.words = words;
  const rows = totals.map(([name, count]) =>
    element(
      "li",
      {},
      element("span", { class: "all-day-count" }, String(count)),
      element("span", { class: "all-day-name" }, name),
    ),
  );
  const sum = totals.reduce((total, [, count]) => total + count, 0);
  setText(rail.querySelector("[data-all-day-total]"), String(sum));
  list.replaceChildren(...(rows.length ? rows : [element("li", { class: "soft" }, say("all_day_none"))]));
}
