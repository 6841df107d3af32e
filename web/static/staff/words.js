// Lengths of time and money, in words.

import { say } from "../texts.js";

/** A length of time in minutes: "42 min", "1 h 05". */
export function lasting(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 60) return say("since_minutes", { minutes });
  return say("since_hours", { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, "0") });
}

const formats = new Map();

export function money(minor, currency, locale) {
  const known = `${currency} ${locale}`;
  if (!formats.has(known)) formats.set(known, new Intl.NumberFormat(locale, { style: "currency", currency }));
  const format = formats.get(known);
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}
