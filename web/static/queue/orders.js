// What the queue knows of an order: its row's values, how rows are sorted and which are shown. Values in, values out.

const DONE = new Set(["ready", "served"]);

export const SERVICES = ["dine_in", "tab", "counter", "takeaway", "delivery", "room_service"];
export const STATES = ["held", "placed", "in_preparation", "ready", "served", "unknown", "late"];
export const SORTS = ["age", "promised", "place", "number", "server", "progress", "due"];

/** One row: what is shown and sorted by. `areaOf`: table label → {id, name}, or undefined. */
export function rowOf(order, areaOf) {
  const lines = order.lines.filter((line) => line.kitchen_state !== "voided");
  const items = (kept) => kept.reduce((sum, line) => sum + line.quantity, 0);
  const all = items(lines);
  const done = items(lines.filter((line) => DONE.has(line.kitchen_state)));
  return {
    id: order.id,
    order,
    service: order.tab ? "tab" : order.channel,
    area: order.table ? areaOf(order.table) : undefined,
    state: order.payment_state === "unknown" ? "unknown" : order.kitchen_state,
    openedAt: Date.parse(order.opened_at),
    promisedAt: order.promised_at ? Date.parse(order.promised_at) : null,
    all,
    done,
    served: all > 0 && lines.every((line) => line.kitchen_state === "served"),
    waits: done < all,
    text: [order.number, order.table, order.tab, order.server_name, order.note, ...lines.flatMap((line) => [line.name, line.note])]
      .filter(Boolean)
      .join(" ")
      .toLocaleLowerCase(),
  };
}

/** Whether something is still to be made and its time has passed. */
export function isLate(row, now) {
  return row.waits && row.promisedAt !== null && row.promisedAt < now;
}

/** Whether the row fits what was chosen: {service, area, server, state, text}, each empty for all. */
export function fits(row, chosen, now) {
  const { service, area, server, state, text } = chosen;
  if (service && row.service !== service) return false;
  if (area && (row.area?.id ?? "none") !== area) return false;
  if (server && (row.order.server_id ?? "none") !== server) return false;
  if (state === "late" ? !isLate(row, now) : state && row.state !== state) return false;
  return text.toLocaleLowerCase().split(/\s+/).every((word) => row.text.includes(word));
}

/** A comparison by the sort chosen; `down` turns it round. What has no value comes last either way. */
export function comparison(sort, down, locale) {
  const words = new Intl.Collator(locale, { numeric: true });
  const value = {
    age: (row) => row.openedAt,
    promised: (row) => row.promisedAt,
    place: (row) => row.order.table ?? row.order.tab,
    number: (row) => row.order.number,
    server: (row) => row.order.server_name,
    progress: (row) => (row.all ? row.done / row.all : null),
    due: (row) => row.order.due_minor,
  }[sort];
  return (one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null) - (b === null) || one.openedAt - other.openedAt;
    const by = typeof a === "string" ? words.compare(a, b) : a - b;
    return (down ? -by : by) || one.openedAt - other.openedAt || words.compare(one.order.number, other.order.number);
  };
}
