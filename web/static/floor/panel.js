// What stands beside the plan for the table chosen: what goes on there and what can be done, or how it is drawn.

import { element } from "../dom.js";
import { say, sayCount } from "../texts.js";
import { money } from "../staff/words.js";
import { joined, since, stateWord } from "./words.js";

const SHAPES = ["round", "square", "rectangle"];
const button = (key, onclick, extra = {}) => element("button", { type: "button", class: "button", onclick, ...extra }, say(key));

/** on: {seat(covers), step(step), join(), part()} */
export function tableView(table, { now, locale, labelOf, trouble, on }) {
  const taken = table.state !== "free" && table.state !== "dirty";
  const facts = [stateWord(table), since(table, now), table.covers ? sayCount("guests", table.covers) : null, table.server];
  return [
    element("h2", { tabindex: "-1" }, say("table", { table: table.label })),
    element("p", { class: "panel-facts" }, facts.filter(Boolean).join(" · ")),
    table.doubled && element("p", { class: "notice is-bad" }, say("doubled_why")),
    joined(table, labelOf) && element("p", {}, joined(table, labelOf)),
    table.orders.length > 0 && element("ul", { class: "panel-orders" }, ...table.orders.map((order) => orderRow(order, locale))),
    trouble && element("p", { class: "notice is-bad", role: "alert" }, trouble),
    element(
      "div",
      { class: "panel-actions" },
      table.state === "free" && seatForm(table, on.seat),
      table.state === "dirty" && button("cleaned", () => on.step("cleaned"), { class: "button is-primary" }),
      taken && table.state !== "bill_asked" && table.state !== "paid" && button("bill_asked", () => on.step("bill_asked")),
      taken && table.orders.length === 0 && button("ended", () => on.step("ended")),
      !table.joined_to && table.state !== "dirty" && button("join", on.join),
      (table.joined_to || table.joined_ids.length > 0) && button("part", on.part),
    ),
  ].filter(Boolean);
}

function orderRow(order, locale) {
  return element(
    "li",
    {},
    element("span", { class: "figure" }, order.number),
    element("span", { class: "soft" }, say(`kitchen_${order.kitchen_state}`)),
    element("span", { class: "figure" }, money(order.due_minor, order.currency, locale)),
  );
}

function seatForm(table, seat) {
  const input = element("input", {
    type: "number", name: "covers", min: 1, max: 999, value: Math.min(table.seats, 2), inputmode: "numeric", required: true,
  });
  const submit = (event) => {
    event.preventDefault();
    seat(Number(input.value));
  };
  return element(
    "form",
    { class: "panel-seat", onsubmit: submit },
    element("label", { class: "field" }, say("guests_label"), input),
    element("button", { class: "button is-primary" }, say("seat")),
  );
}

/** on: {save(fields), takeAway()} */
export function drawingView(table, { trouble, on }) {
  const field = (key, name, value, extra = {}) =>
    element("label", { class: "field" }, say(key), element("input", { name, value, required: true, ...extra }));
  const number = (key, name, step, low, high) => field(key, name, table[name], { type: "number", step, min: low, max: high });
  const shapes = SHAPES.map((shape) =>
    element("option", { value: shape, selected: shape === table.shape }, say(`shape_${shape}`)));
  const submit = (event) => {
    event.preventDefault();
    const given = new FormData(event.target);
    const numbers = Object.fromEntries(["seats", "w", "h", "rotation"].map((name) => [name, Number(given.get(name))]));
    on.save({ label: given.get("label"), shape: given.get("shape"), ...numbers });
  };
  return [
    element("h2", { tabindex: "-1" }, say("table", { table: table.label })),
    trouble && element("p", { class: "notice is-bad", role: "alert" }, trouble),
    element(
      "form",
      { class: "panel-form", onsubmit: submit },
      field("label", "label", table.label, { maxlength: 40 }),
      number("seats_label", "seats", 1, 1, 99),
      element("label", { class: "field" }, say("shape"), element("select", { name: "shape" }, ...shapes)),
      number("width", "w", 8, 48, 640),
      number("height", "h", 8, 48, 640),
      number("rotation", "rotation", 15, 0, 345),
      element("button", { class: "button is-primary" }, say("save")),
    ),
    button("take_away", on.takeAway),
  ].filter(Boolean);
}

/** on: {save(name)} */
export function areaView({ trouble, on }) {
  const submit = (event) => {
    event.preventDefault();
    on.save(new FormData(event.target).get("name"));
  };
  return [
    element("h2", { tabindex: "-1" }, say("add_area")),
    trouble && element("p", { class: "notice is-bad", role: "alert" }, trouble),
    element(
      "form",
      { class: "panel-form", onsubmit: submit },
      element("label", { class: "field" }, say("area_name"), element("input", { name: "name", required: true, maxlength: 120 })),
      element("button", { class: "button is-primary" }, say("save")),
    ),
  ].filter(Boolean);
}
