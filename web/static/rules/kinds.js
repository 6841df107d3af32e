// The kinds of rules: where the node keeps each, and which parts of the one form each has. What may be said, the node decides.

const HOURS = ["weekdays", "hours"];
const SOMEWHERE = [...HOURS, "channel", "area"];
const AT_HOURS = { name: "", weekdays: [], from_time: "00:00", to_time: "00:00" };
const ABOUT_ONE = { menu_item_id: null, category_id: null };
const ABOUT_SOME = { item_ids: [], category_ids: [] };
const IN_PLACE = { channel: null, area_id: null };

/** key → {path, view, parts, fresh}: fresh is a new one's body as it is sent. */
export const KINDS = {
  prices: {
    path: "price-rules", view: "price_rules", parts: ["about", "costs", ...SOMEWHERE, "priority"],
    fresh: { ...AT_HOURS, ...ABOUT_ONE, price_minor: null, percent_bp: null, ...IN_PLACE, priority: 0 },
  },
  periods: {
    path: "serving-periods", view: "serving_periods", parts: [...HOURS, "served"],
    fresh: { ...AT_HOURS, ...ABOUT_SOME },
  },
  routes: {
    path: "station-routes", view: "station_routes", parts: ["about", "station", ...SOMEWHERE, "priority"],
    fresh: { ...AT_HOURS, ...ABOUT_ONE, station_id: null, ...IN_PLACE, priority: 0 },
  },
  promotions: {
    path: "promotions", view: "promotions", parts: ["kind", "terms", "named", ...SOMEWHERE, "periods"],
    fresh: {
      ...AT_HOURS, kind: "percent", ...ABOUT_SOME, percent_bp: null, amount_minor: null, buy: null, free: null,
      from_minor: null, ...IN_PLACE, period_ids: [],
    },
  },
};

const same = (one, other) =>
  Array.isArray(one) ? JSON.stringify([...one].sort()) === JSON.stringify([...other].sort()) : one === other;

/** The fields of a rule that a kind can send, as they are. */
export function sent(kind, rule) {
  return Object.fromEntries(Object.keys(KINDS[kind].fresh).map((name) => [name, rule[name]]));
}

/** The fields in which `draft` says something else than `base`. */
export function changes(draft, base) {
  return Object.fromEntries(Object.entries(draft).filter(([name, value]) => !same(value, base[name])));
}
