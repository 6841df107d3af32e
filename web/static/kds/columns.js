// Packs tickets into columns, oldest first, top to bottom. A long one flows on into the next column. Pure arithmetic:
// heights in, places out.

// From this share of a column on, a ticket is long: it is split rather than leaving a hole.
const LONG = 0.55;
// Fewer lines than this at the foot of a column are not worth a split.
const LINES_MIN = 3;

/**
 * cards: [{id, head, again, more, foot, lines: [height, …]}], all in pixels: `again` is the head of a continuation,
 * `more` the strip under a part that goes on. Answers columns: [[{id, part, from, to, last}, …], …], `to` exclusive.
 */
export function pack(cards, { height, gap }) {
  const columns = [[]];
  let room = height;
  const next = () => {
    columns.push([]);
    room = height;
  };
  const isFresh = () => columns.at(-1).length === 0;
  const put = (piece, tall) => {
    columns.at(-1).push(piece);
    room -= tall + gap;
  };

  for (const card of cards) {
    const whole = card.head + sum(card.lines) + card.foot;
    const splits = whole > height || (whole > height * LONG && linesThatFit(card, 0, card.head, room) >= LINES_MIN);
    if (whole > room && !splits && !isFresh()) next();
    if (whole <= room) put({ id: card.id, part: 0, from: 0, to: card.lines.length, last: true }, whole);
    else flow(card, { put, next, isFresh, room: () => room });
  }
  return columns.at(-1).length === 0 ? columns.slice(0, -1) : columns;
}

function flow(card, { put, next, isFresh, room }) {
  let from = 0;
  let part = 0;
  while (from < card.lines.length || part === 0) {
    const head = part === 0 ? card.head : card.again;
    const rest = head + sum(card.lines.slice(from)) + card.foot;
    if (rest <= room()) {
      put({ id: card.id, part, from, to: card.lines.length, last: true }, rest);
      return;
    }
    const fits = linesThatFit(card, from, head, room());
    const wanted = part === 0 ? Math.min(LINES_MIN, card.lines.length) : 1;
    if (fits < wanted && !isFresh()) {
      next();
      continue;
    }
    // One line taller than the screen is cut off rather than tried for ever.
    const to = Math.min(card.lines.length, from + Math.max(1, fits));
    const last = to === card.lines.length;
    put({ id: card.id, part, from, to, last }, head + sum(card.lines.slice(from, to)) + card.more);
    if (last) return;
    from = to;
    part += 1;
    next();
  }
}

// How many lines from `from` on fit above the strip that says that it goes on; the last line needs the foot instead.
function linesThatFit(card, from, head, room) {
  let left = room - head - card.more;
  let count = 0;
  while (from + count < card.lines.length - 1 && card.lines[from + count] <= left) {
    left -= card.lines[from + count];
    count += 1;
  }
  return count;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
