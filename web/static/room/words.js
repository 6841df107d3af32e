// Money, times and the little parts of which a room's pages are made.

import { element } from "../dom.js";
import { say } from "../texts.js";

const page = document.getElementById("page");
const { locale, zone } = page.dataset;
let money = null;

/** Amounts are of this currency from here on. */
export function useCurrency(currency) {
  money = new Intl.NumberFormat(locale, { style: "currency", currency });
}

export function amount(minor) {
  const { maximumFractionDigits: digits } = money.resolvedOptions();
  return money.format(minor / 10 ** digits);
}

/** What a choice adds, as "+ $5.00"; nothing where it adds nothing. */
export function added(minor) {
  if (minor === 0) return "";
  return minor > 0 ? `+ ${amount(minor)}` : `− ${amount(-minor)}`;
}

export function timeOfDay(milliseconds) {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(milliseconds);
}

/** The hour of the day at the property. */
export function hourOf(milliseconds) {
  const hour = new Intl.DateTimeFormat("en", { hour: "2-digit", hourCycle: "h23", timeZone: zone });
  return Number(hour.format(milliseconds));
}

/** Why a thing can't be had now; nothing where it can. */
export function absence(item) {
  if (item.sold_out) return say("sold_out");
  if (item.served) return "";
  return item.next_at ? say("served_from", { time: timeOfDay(Date.parse(item.next_at)) }) : say("not_served");
}

export function button(key, onclick, { kind = "", label = say(key), ...more } = {}) {
  return element("button", { type: "button", class: `button ${kind}`.trim(), data: { do: key }, onclick, ...more }, label);
}

/** − 2 +, with words for who does not see the signs. */
export function stepper(value, { least = 0, most, change, of }) {
  const step = (sign, next, key) =>
    element("button", {
      type: "button", class: "step", "aria-label": say(key, { of }), disabled: next < least || next > most,
      data: { step: key }, onclick: () => change(next),
    }, sign);
  return element("div", { class: "stepper", role: "group", "aria-label": of },
    step("−", value - 1, "fewer"),
    element("output", { class: "figure" }, String(value)),
    step("+", value + 1, "more"));
}

/** Puts children in without losing the focus of a control that is there again under the same `data-focus`. */
export function refill(node, ...children) {
  const held = node.contains(document.activeElement) ? document.activeElement : null;
  const key = held?.closest("[data-focus]")?.dataset.focus;
  const step = held?.dataset.step;
  node.replaceChildren(...children.filter(Boolean));
  if (!key) return;
  const there = node.querySelector(`[data-focus="${CSS.escape(key)}"]`);
  const within = step ? `[data-step="${step}"]:not(:disabled), button:not(:disabled)` : "input, textarea, button";
  (there?.querySelector(within) ?? there)?.focus({ preventScroll: true });
}
