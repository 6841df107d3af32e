// What changed on a ticket after it was fired, line by line. A cook who has started must see it, so each mark
// stands until someone acknowledges it.

/** Marks by line id: {kind: "added" | "changed" | "void", was} for what `after` has that `before` had not. */
export function changesBetween(before, after) {
  const marks = new Map();
  const known = new Map(before.lines.map((line) => [line.id, line]));
  for (const line of after.lines) {
    const old = known.get(line.id);
    if (!old) marks.set(line.id, { kind: "added" });
    else if (line.state === "voided" && old.state !== "voided") marks.set(line.id, { kind: "void" });
    else if (wording(old) !== wording(line)) marks.set(line.id, { kind: "changed", was: old.quantity });
  }
  // A line that left the ticket without a void is as good as voided: nobody should go on cooking it.
  const present = new Set(after.lines.map((line) => line.id));
  for (const line of before.lines) {
    if (!present.has(line.id) && line.state !== "voided") marks.set(line.id, { kind: "void", line });
  }
  if (after.state === "voided" && before.state !== "voided") marks.set(after.id, { kind: "void" });
  return marks;
}

/** Voids on a ticket that this screen meets for the first time. */
export function voidsOn(ticket, isAcknowledged) {
  const marks = new Map();
  for (const line of ticket.lines) {
    if (line.state === "voided" && !isAcknowledged(line.id)) marks.set(line.id, { kind: "void" });
  }
  return marks;
}

function wording(line) {
  return JSON.stringify([line.quantity, line.name, line.options, line.note, line.seat]);
}
