// What the room has ordered: how far each order is, honestly, and the bill of all of them.

import { element } from "../dom.js";
import { say } from "../texts.js";
import { amount, timeOfDay } from "./words.js";

const STEPS = ["placed", "in_preparation", "ready", "served"];
const MINUTE = 60_000;

/** Orders that are still to come. */
export function coming(orders) {
  return orders.filter((order) => !["served", "voided"].includes(order.kitchen_state));
}

/** Whether it should be here by now and is not. */
export function isLate(order, now) {
  const made = ["ready", "served", "voided"].includes(order.kitchen_state);
  return !made && order.promised_at !== null && Date.parse(order.promised_at) < now;
}

/** When an order may be there, in a sentence that holds at this moment. */
export function expectation(order, now) {
  const state = order.kitchen_state;
  if (state === "voided") return say("order_voided");
  if (state === "served") return say("order_served");
  if (state === "ready") return say("order_ready");
  if (order.promised_at === null) return say("order_unknown");
  const at = Date.parse(order.promised_at);
  if (isLate(order, now)) return say("order_late", { time: timeOfDay(at) });
  const minutes = Math.max(1, Math.ceil((at - now) / MINUTE));
  const key = order.promise === "given" ? "order_at" : "order_about";
  return say(key, { time: timeOfDay(at), minutes });
}

export function orderCard(order, now) {
  return element("article", { class: "surface order", data: { order: order.number, state: order.kitchen_state } },
    element("header", { class: "order-head" },
      element("h2", {}, say("order", { number: order.number })),
      element("span", { class: "soft figure" }, timeOfDay(Date.parse(order.opened_at)))),
    element("p", { class: `order-when ${isLate(order, now) ? "is-late" : ""}` }, expectation(order, now)),
    order.kitchen_state !== "voided" && progress(order.kitchen_state),
    lines(order),
    order.note && element("p", { class: "soft" }, order.note));
}

function progress(state) {
  const reached = STEPS.indexOf(state === "held" ? "placed" : state);
  return element("ol", { class: "progress" }, ...STEPS.map((step, place) =>
    element("li", { class: place <= reached ? "is-done" : "", "aria-current": place === reached ? "step" : null },
      say(`step_${step}`))));
}

function lines(order) {
  return element("ul", { class: "order-lines" }, ...order.lines.map((line) => {
    const options = line.options.map((one) => {
      if (one.quantity === 0) return say("without", { name: one.name });
      return one.quantity > 1 ? `${one.quantity} × ${one.name}` : one.name;
    });
    const words = [line.part_of && line.part_of !== line.name ? line.part_of : "", ...options, line.note];
    return element("li", { class: `order-line ${line.kitchen_state === "voided" ? "is-voided" : ""}` },
      element("span", { class: "figure" }, `${line.quantity} ×`),
      element("span", { class: "line-words" }, line.name,
        element("span", { class: "soft" }, words.filter(Boolean).join(", ")),
        line.kitchen_state === "voided" && element("span", { class: "gone" }, say("line_voided"))),
      element("span", { class: "figure" }, line.kitchen_state === "voided" ? "–" : amount(line.amount_minor)));
  }));
}

/** All orders with what they come to, and what is due of them. */
export function billOf(orders) {
  const oldestFirst = [...orders].reverse();
  const due = orders.reduce((sum, order) => sum + order.due_minor, 0);
  return [
    ...oldestFirst.map(billed),
    element("p", { class: "bill-due" }, element("strong", {}, say("bill_due")), element("strong", { class: "figure" }, amount(due))),
    element("p", { class: "soft" }, say("bill_about")),
  ];
}

function billed(order) {
  const sum = (words, minor, kind = "") =>
    element("p", { class: `bill-sum ${kind}` }, element("span", {}, words), element("span", { class: "figure" }, amount(minor)));
  return element("article", { class: "surface order", data: { order: order.number } },
    element("header", { class: "order-head" },
      element("h2", {}, say("order", { number: order.number })),
      element("span", { class: "soft figure" }, timeOfDay(Date.parse(order.opened_at)))),
    lines(order),
    ...order.adjustments.map((one) => sum(one.name ?? say(`adjustment_${one.kind}`), one.amount_minor)),
    ...order.taxes.filter((tax) => !tax.included).map((tax) => sum(tax.name, tax.tax_minor)),
    sum(say("total"), order.total_minor, "is-total"),
    order.paid_minor > 0 && sum(say("paid"), -order.paid_minor));
}
