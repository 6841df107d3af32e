// What stands beside the list for the order chosen: its lines, what was promised, and what a manager does about it.

import { element } from "../dom.js";
import { lasting, money } from "../staff/words.js";
import { say, sayCount } from "../texts.js";
import { placeOf, serviceOf } from "./rows.js";

const STEPS_MINUTES = [5, 10, 15];
const button = (key, values, onclick) => element("button", { type: "button", class: "button", onclick }, say(key, values));

/** on: {promise(milliseconds or null), rush()} */
export function orderView(row, { now, locale, timeOfDay, trouble, on }) {
  const { order } = row;
  const facts = [
    serviceOf(row),
    placeOf(row),
    order.covers ? sayCount("guests", order.covers) : null,
    order.server_name,
    say("opened", { time: `${timeOfDay(row.openedAt)} (${lasting(now - row.openedAt)})` }),
  ];
  const lines = order.lines.filter((line) => line.kitchen_state !== "voided");
  return [
    element("h2", { tabindex: "-1" }, say("order", { number: order.number })),
    element("p", { class: "panel-facts" }, facts.filter(Boolean).join(" · ")),
    order.note && element("p", { class: "notice" }, order.note),
    ...(order.withdrawn_receipts ?? []).map((receipt) =>
      element("p", { class: "notice" }, say(`withdrawn_${receipt.cause}`, { number: receipt.number }))),
    element("ul", { class: "panel-orders" }, ...lines.map(lineRow)),
    element("p", { class: "panel-due figure" }, say("due", { amount: money(order.due_minor, order.currency, locale) })),
    row.promisedAt !== null &&
      element("p", { class: "panel-facts figure" }, say(order.promise === "given" ? "promised_at" : "reckoned_at", { time: timeOfDay(row.promisedAt) })),
    trouble && element("p", { class: "notice is-bad", role: "alert" }, trouble),
    promiseForm(row, { timeOfDay, now, on }),
    row.waits && button("rush", {}, on.rush),
  ].filter(Boolean);
}

function lineRow(line) {
  const chosen = [...line.options.map((option) => option.name), line.note].filter(Boolean).join(", ");
  const what = element("span", {}, `${line.quantity} × ${line.name}`, chosen && element("small", { class: "soft" }, chosen));
  return element("li", {}, what, element("span", { class: "soft" }, say(`state_${line.kitchen_state}`)));
}

function promiseForm(row, { timeOfDay, now, on }) {
  const from = Math.max(row.promisedAt ?? now, now);
  const later = STEPS_MINUTES.map((minutes) =>
    button("promise_later", { minutes }, () => on.promise(from + minutes * 60_000)));
  const input = element("input", { type: "time", name: "time", value: timeOfDay(from), required: true });
  const submit = (event) => {
    event.preventDefault();
    on.promise(nextTime(input.value, now, timeOfDay));
  };
  return element(
    "form",
    { class: "panel-form", onsubmit: submit },
    element("label", { class: "field" }, say("promise"), input),
    element("div", { class: "promise-steps" }, element("button", { class: "button is-primary" }, say("promise_save")), ...later),
    row.order.promise === "given" && button("promise_end", {}, () => on.promise(null)),
  );
}

/** The time of day that is next at hand by the property's clock: within the half day before or after now. */
export function nextTime(text, now, timeOfDay) {
  const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  let ahead = minutesOf(text) - minutesOf(timeOfDay(now));
  if (ahead < -720) ahead += 1440;
  if (ahead >= 720) ahead -= 1440;
  return Math.floor(now / 60_000) * 60_000 + ahead * 60_000;
}
