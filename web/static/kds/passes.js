// The pass: what the stations make of one order and course as one card, with each line's state at its own station. The
// expeditor serves what is ready, and sees the rest come.

/** Entries of tickets, put together by order and course: as a board's, but each with the tickets that it stands for. */
export function atPass(entries) {
  const groups = new Map();
  for (const entry of entries) {
    const id = `${entry.ticket.order_id} ${entry.ticket.course ?? ""}`;
    groups.set(id, [...(groups.get(id) ?? []), entry]);
  }
  return [...groups].map(([id, group]) => together(id, group));
}

/** Whether all of it that is left is ready: it can go as a whole. */
export function isComplete(ticket) {
  return ticket.lines.every((line) => line.state !== "placed" && line.state !== "in_preparation");
}

function together(id, group) {
  const sorted = [...group].sort((a, b) => compare(a.ticket.station_name ?? "", b.ticket.station_name ?? ""));
  const tickets = sorted.map((entry) => entry.ticket);
  const first = tickets[0];
  const lines = tickets.flatMap((ticket) =>
    ticket.lines.map((line, index) => ({ ...line, station: ticket.station_name ?? "", isFirst: index === 0 })),
  );
  return {
    ticket: {
      ...first,
      id,
      ticket_ids: tickets.map((ticket) => ticket.id),
      station_id: "pass",
      station_name: null,
      placed_at: tickets.map((ticket) => ticket.placed_at).reduce((a, b) => (a < b ? a : b)),
      prep_seconds: Math.max(...tickets.map((ticket) => ticket.prep_seconds ?? 0)),
      rush: tickets.some((ticket) => ticket.rush),
      state: tickets.every((ticket) => ticket.state === "voided") ? "voided" : "placed",
      lines,
    },
    marks: new Map(sorted.flatMap((entry) => [...entry.marks])),
  };
}

function compare(a, b) {
  return a.localeCompare(b);
}
