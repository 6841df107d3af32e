// What is said of a table, in words.

import { lasting } from "../staff/words.js";
import { say, sayCount } from "../texts.js";

/** How long a table has been in its state: "42 min", "1 h 05". */
export function since(table, now) {
  return table.since ? lasting(now - Date.parse(table.since)) : "";
}

export function stateWord(table) {
  return table.doubled ? say("doubled") : say(`state_${table.state}`);
}

/** Covers of seats, "3/4"; the seats alone while it is free, the guests alone where tables are joined. */
export function covers(table) {
  if (table.state === "dirty") return "";
  if (table.covers && (table.joined_to || table.joined_ids.length)) return sayCount("guests", table.covers);
  return table.covers ? `${table.covers}/${table.seats}` : sayCount("seats", table.seats);
}

export function joined(table, labelOf) {
  const others = table.joined_to ? [table.joined_to] : table.joined_ids;
  return others.length ? say("joined_with", { tables: others.map(labelOf).join(", ") }) : "";
}

/** The whole of it for a screen reader. */
export function spoken(table, now, labelOf) {
  const guests = table.covers ? sayCount("guests", table.covers) : sayCount("seats", table.seats);
  const parts = [say("table", { table: table.label }), stateWord(table), guests, since(table, now), joined(table, labelOf)];
  return parts.filter(Boolean).join(", ");
}
