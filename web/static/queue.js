// The order queue: every open order of all services, live, as the manager sorts and filters it. What was chosen stands in
// the page's address, so that a view can be kept as a bookmark.

import { element, setText } from "./dom.js";
import { say, sayCount } from "./texts.js";
import { SERVICES, SORTS, STATES, comparison, fits, isLate, rowOf } from "./queue/orders.js";
import { orderView } from "./queue/panel.js";
import { Rows } from "./queue/rows.js";
import { StaffPage } from "./staff/page.js";

const page = new StaffPage({ views: ["queue"], events: ["order_created", "order_updated"], take, hear });
const { clock, locale, panel, root } = page;
const at = (name) => page.at(name);
const rows = new Rows(at("orders").tBodies[0]);
const timeOfDay = (milliseconds) => page.timeOfDay(milliseconds);

const orders = new Map();
let areas = [];
let selected = null;
let panelShows = "";
const asked = new Set(); // labels that no area has: the areas were read anew for each once
const chosen = { service: "", area: "", server: "", state: "", text: "", sort: "age", down: "", ...addressed() };

function addressed() {
  const given = new URLSearchParams(location.search);
  const known = ["service", "area", "server", "state", "text", "sort", "down"].filter((name) => given.has(name));
  const read = Object.fromEntries(known.map((name) => [name, given.get(name)]));
  return SORTS.includes(read.sort ?? "age") ? read : { ...read, sort: "age" };
}

function choose(change) {
  Object.assign(chosen, change);
  const kept = Object.entries(chosen).filter(([name, value]) => value && !(name === "sort" && value === "age"));
  history.replaceState(null, "", `?${new URLSearchParams(kept)}`);
  page.paint();
}

const areaOf = (label) => areas.find((area) => area.tables.includes(label));

// ---- what the node says --------------------------------------------------------------------------------------

function take(found) {
  areas = found.areas;
  orders.clear();
  for (const order of found.orders) orders.set(order.id, order);
}

function hear({ data: { order } }) {
  if (order.payment_state === "settled") orders.delete(order.id);
  else orders.set(order.id, order);
  if (order.table && !areaOf(order.table) && !asked.has(order.table)) {
    asked.add(order.table); // the floor may have been drawn since
    page.gather();
  }
  page.paint();
}

// ---- what is shown -------------------------------------------------------------------------------------------

function paint() {
  const now = clock.now();
  const all = [...orders.values()].map((order) => rowOf(order, areaOf));
  const shown = all.filter((row) => fits(row, chosen, now)).sort(comparison(chosen.sort, chosen.down === "1", locale));
  if (selected && !orders.has(selected)) selected = null;
  rows.render(shown, { now, locale, selected, timeOfDay });
  page.paintList({ empty: shown.length === 0 });
  at("orders").hidden = page.listState !== "ready" || shown.length === 0;
  setText(at("none"), say(all.length ? "none_shown" : "none_open"));
  at("show-all").hidden = all.length === 0;
  paintFigures(all, now);
  paintServices(all);
  paintFilters(all);
  paintSort();
  paintPanel(now);
}

function paintFigures(all, now) {
  const late = all.filter((row) => isLate(row, now)).length;
  const figures = [sayCount("orders", all.length), late ? sayCount("late", late) : ""];
  setText(at("figures"), page.listState === "ready" ? figures.filter(Boolean).join(" · ") : "");
  at("figures").classList.toggle("is-late", late > 0);
}

function paintServices(all) {
  const bar = at("services");
  if (!bar.children.length) {
    const choice = (service) =>
      element("button", { type: "button", class: "service", data: { service }, onclick: () => choose({ service }) },
        element("span", {}, say(`service_${service || "all"}`)), element("span", { class: "figure" }));
    bar.append(...["", ...SERVICES].map(choice));
  }
  for (const button of bar.children) {
    const { service } = button.dataset;
    const count = all.filter((row) => !service || row.service === service).length;
    setText(button.lastChild, String(count));
    button.setAttribute("aria-pressed", String(service === chosen.service));
  }
}

function paintFilters(all) {
  const words = new Intl.Collator(locale, { numeric: true });
  const servers = new Map(all.filter((row) => row.order.server_id).map((row) => [row.order.server_id, row.order.server_name]));
  fill("area", [["", say("any_area")], ...areas.map((area) => [area.id, area.name]), ["none", say("no_area")]]);
  fill("server", [
    ["", say("any_server")],
    ...[...servers].sort((one, other) => words.compare(one[1], other[1])),
    ["none", say("no_server")],
  ]);
  fill("state", [["", say("any_state")], ...STATES.map((state) => [state, say(state === "late" ? "any_late" : `state_${state}`)])]);
}

function fill(name, options) {
  paintSelect(root.querySelector(`[data-filter=${name}]`), options, chosen[name]);
}

/** Made anew only when it offers something else, so that an open list stays open. */
function paintSelect(select, options, value) {
  const known = [...select.options].map((option) => `${option.value}${option.text}`).join();
  if (known !== options.map(([key, text]) => `${key}${text}`).join()) {
    select.replaceChildren(...options.map(([key, text]) => element("option", { value: key }, text)));
  }
  const there = options.some(([key]) => key === value) ? value : options[0][0];
  if (select.value !== there) select.value = there;
  select.classList.toggle("is-set", there !== options[0][0]);
}

function paintSort() {
  paintSelect(at("sort"), SORTS.map((sort) => [sort, say(`sort_${sort}`)]), chosen.sort);
  setText(at("turn"), say(chosen.down === "1" ? "turn_down" : "turn_up"));
  for (const head of root.querySelectorAll("[data-column]")) {
    const by = head.dataset.column === chosen.sort;
    head.setAttribute("aria-sort", by ? (chosen.down === "1" ? "descending" : "ascending") : "none");
  }
  if (document.activeElement !== at("search") && at("search").value !== chosen.text) at("search").value = chosen.text;
}

// Made anew only when it would say something else, so that what is being typed stays.
function paintPanel(now) {
  const order = orders.get(selected);
  panel.hidden = !order;
  const shows = JSON.stringify([order, page.trouble, Math.floor(now / 60_000)]);
  if (!order || shows === panelShows) return;
  if (panelShows.includes(order.id) && panel.querySelector("input:focus")) return; // somebody types a time
  panelShows = shows;
  const on = { promise: (moment) => promise(order.id, moment), rush: () => page.act(`orders/${order.id}/rush`, {}) };
  page.fillPanel(orderView(rowOf(order, areaOf), { now, locale, timeOfDay, trouble: page.trouble, on }), close);
}

// ---- what a manager does -------------------------------------------------------------------------------------

async function promise(id, moment) {
  document.activeElement?.blur();
  const promised_at = moment === null ? "" : new Date(moment).toISOString();
  const order = await page.act(`orders/${id}/changes`, { promised_at });
  if (order) hear({ data: { order } });
}

function open(id) {
  if (selected !== id) page.trouble = "";
  selected = id;
  page.paint();
}

/** Which way a sort begins: the largest amount first, all else upwards. */
function first(sort) {
  return sort === "due" ? "1" : "";
}

function close() {
  const row = rows.nodeOf(selected);
  [selected, page.trouble] = [null, ""];
  page.paint();
  row?.focus();
}

rows.body.addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (row) open(row.dataset.order);
});
at("search").addEventListener("input", (event) => choose({ text: event.target.value }));
for (const select of root.querySelectorAll("[data-filter]")) {
  select.addEventListener("change", () => choose({ [select.dataset.filter]: select.value }));
}
at("sort").addEventListener("change", ({ target }) => choose({ sort: target.value, down: first(target.value) }));
at("turn").addEventListener("click", () => choose({ down: chosen.down === "1" ? "" : "1" }));
at("show-all").addEventListener("click", () => choose({ service: "", area: "", server: "", state: "", text: "" }));
for (const button of root.querySelectorAll("[data-by]")) {
  const sort = button.dataset.by;
  button.addEventListener("click", () => choose({ sort, down: chosen.sort === sort ? (chosen.down ? "" : "1") : first(sort) }));
}
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape" && typing) event.target.blur();
  else if (event.key === "Escape") close();
  else if (typing) return;
  else if (event.key === "/") at("search").focus();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    rows.nodeOf(rows.neighbour(event.key === "ArrowDown" ? 1 : -1))?.focus();
  } else if (/^[1-7]$/.test(event.key)) choose({ service: ["", ...SERVICES][Number(event.key) - 1] });
  else return;
  event.preventDefault();
});
page.addEventListener("paint", paint);
page.start();
