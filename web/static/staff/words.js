// Lengths of time and money, in words.

import { say } from "../texts.js";

/** A length of time in minutes: "42 min", "1 h 05". */
export function lasting(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 60) return say("since_minutes", { minutes });
  return say("since_hours", { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, "0") });
}

const formats = new Map();

/** A number of at most so many decimals as people write it, "12.5" or "12,5", in units of the last; null where it is none. */
export function fractionOf(text, digits) {
  const found = new RegExp(`^(\\d{1,9})(?:[.,](\\d{0,${digits}}))?$`).exec(text.trim());
  return found && Number(found[1] + (found[2] ?? "").padEnd(digits, "0"));
}

/** How many decimals amounts of a currency have. */
export function decimalsOf(currency) {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
}

/** An amount that was keyed in, in minor units; null where it is none. */
export function minorOf(text, currency) {
  return fractionOf(text, decimalsOf(currency));
}

/** An amount as it is keyed in: without the currency. */
export function keyed(minor, currency, locale) {
  const digits = decimalsOf(currency);
  const manner = { useGrouping: false, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, manner).format(minor / 10 ** digits);
}

export function money(minor, currency, locale) {
  const known = `${currency} ${locale}`;
  if (!formats.has(known)) formats.set(known, new Intl.NumberFormat(locale, { style: "currency", currency }));
  const format = formats.get(known);
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}
