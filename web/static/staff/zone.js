// Times of day at the property, whatever the clock of this screen is set to.

const formats = new Map();

function formatOf(zone) {
  if (!formats.has(zone)) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
    formats.set(zone, new Intl.DateTimeFormat("en-CA", { ...parts, hourCycle: "h23", timeZone: zone }));
  }
  return formats.get(zone);
}

/** Milliseconds as a field of day and time has them: "2026-03-01T20:00", by the clock of `zone`. */
export function localText(milliseconds, zone) {
  const part = Object.fromEntries(formatOf(zone).formatToParts(milliseconds).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

/** The moment that such a text means in `zone`; in the hour that clocks skip, the one after it. */
export function momentOf(text, zone) {
  const asIfUtc = Date.parse(`${text}Z`);
  let guess = asIfUtc;
  // a second look, since the first may lie on the other side of a change of clocks
  for (let look = 0; look < 2; look += 1) guess += asIfUtc - Date.parse(`${localText(guess, zone)}Z`);
  return guess;
}
