// One ticket as a card, or as the part of a card that stands in one column.

import { element, setText } from "../dom.js";
import { say, sayCount } from "../texts.js";
import { keysOfLines } from "./lines.js";
import { isComplete } from "./passes.js";
import { age, allergensWords, isAllergy, isMade, isToMake, measureWords, optionWords, place, speaksOfAllergy } from "./words.js";

/** Everything that decides how a card looks and how tall it is, its running age apart. */
export function signature(view) {
  const { entry, key, station, anothers, step, picking } = view;
  const failed = step?.phase === "failed" ? [step.step, step.message] : null;
  return JSON.stringify([entry.ticket, [...entry.marks], key, station, anothers, failed, picking]);
}

/** The part of a card that `piece` names: {part, from, to, last}. */
export function buildCard(view, piece) {
  const { entry } = view;
  const lines = buildLines(view).slice(piece.from, piece.to);
  return element(
    "article",
    {
      class: ["card", entry.marks.size > 0 && "is-changed", entry.ticket.rush && "is-rush", isAtPass(entry.ticket) && "is-pass"]
        .filter(Boolean)
        .join(" "),
      data: { ticket: entry.ticket.id, part: piece.part, level: "calm" },
      "aria-label": name(entry.ticket),
    },
    piece.part === 0 ? head(view) : again(view),
    element("ol", { class: "lines" }, ...lines),
    piece.last ? foot(view) : element("p", { class: "card-more" }, say("continues")),
    element("p", { class: "card-step", hidden: true, role: "status" }),
  );
}

/** How many lines a card has, notes included. */
export function lineCount(view) {
  return buildLines(view).length;
}

/** Bring age and step of a card up to date without moving anything. */
export function paintCard(card, view, now) {
  const { ticket } = view.entry;
  const { text, level, word } = age(ticket, now);
  if (card.dataset.level !== level) card.dataset.level = level;
  const time = card.querySelector(".card-age");
  if (time) {
    setText(time, text);
    setText(card.querySelector(".card-level"), word);
  }
  paintStep(card, view.step);
  for (const line of card.querySelectorAll(".line[data-line]")) {
    const phase = view.lineSteps?.get(line.dataset.line)?.phase ?? "";
    if ((line.dataset.phase ?? "") !== phase) line.dataset.phase = phase;
  }
}

function paintStep(card, step) {
  const phase = step && step.phase !== "failed" ? step.phase : "";
  if ((card.dataset.phase ?? "") !== phase) card.dataset.phase = phase;
  const words = card.querySelector(".card-step");
  words.hidden = phase === "" || card.dataset.part !== "0";
  if (!words.hidden) setText(words, say(`step_${step.step}_${phase}`));
}

function head(view) {
  const { ticket } = view.entry;
  const facts = [ticket.order_number, ticket.server, covers(ticket), view.station ? ticket.station_name : ""];
  const voided = ticket.state === "voided";
  return element(
    "button",
    { class: "card-head", type: "button", "aria-label": say(actionOf(view.entry), { ticket: name(ticket) }) },
    view.key ? element("kbd", { class: "card-key" }, view.key) : null,
    element("span", { class: "card-place" }, place(ticket)),
    element("time", { class: "card-age" }, "0:00"),
    element(
      "span",
      { class: "card-second" },
      view.anothers ? element("strong", { class: "card-course" }, ticket.station_name) : null,
      ticket.rush ? element("strong", { class: "card-rush" }, say("rush")) : null,
      ticket.course ? element("strong", { class: "card-course" }, say("course", { course: ticket.course })) : null,
      ticket.state === "in_preparation" ? element("span", { class: "card-stage" }, say("in_preparation")) : null,
      element("span", { class: "card-facts" }, facts.filter(Boolean).join(" · ")),
      element("strong", { class: "card-level" }),
    ),
    voided ? element("strong", { class: "card-void" }, say("ticket_void")) : null,
  );
}

function again({ entry: { ticket }, key }) {
  return element(
    "p",
    { class: "card-again" },
    key ? element("kbd", {}, key) : null,
    element("strong", {}, place(ticket)),
    element("em", {}, say("continued")),
  );
}

function foot({ entry, step, picking }) {
  if (step?.phase === "failed") {
    const why = step.message || say("no_answer");
    return element("p", { class: "card-foot is-bad", role: "alert" }, say(`step_${step.step}_failed`, { why }));
  }
  if (entry.marks.size > 0) return element("p", { class: "card-foot is-change" }, say("tap_to_acknowledge"));
  if (isAtPass(entry.ticket) && isComplete(entry.ticket) && entry.ticket.state !== "voided") {
    return element("p", { class: "card-foot is-complete" }, say("pass_complete"));
  }
  return picking ? element("p", { class: "card-foot is-picking" }, say("pick_line")) : null;
}

function buildLines({ entry, picking }) {
  const { ticket, marks } = entry;
  const keys = picking ? keysOfLines(ticket) : new Map();
  const order = noteLine(ticket.order_note);
  const gone = [...marks.values()].filter((mark) => mark.line).map((mark) => line(mark.line, mark, ticket));
  const lines = ticket.lines.map((item) => line(item, marks.get(item.id), ticket, keys.get(item.id), picking));
  return [order, ...lines, ...gone].filter(Boolean);
}

function noteLine(note) {
  if (!note) return null;
  return element("li", { class: "line is-order-note" }, noteWords(note));
}

function line(item, mark, ticket, key, picking) {
  const whole = ticket.state === "voided";
  const voided = whole || item.state === "voided" || mark?.kind === "void";
  const made = (isAtPass(ticket) ? item.state === "served" : isMade(item)) && !voided;
  const picked = picking && picking.lineId === item.id;
  const classes = ["line", voided && "is-void", mark && "is-marked", made && "is-made", picked && "is-picked"];
  const options = voided ? [] : item.options.map(optionLine);
  return element(
    "li",
    { class: classes.filter(Boolean).join(" "), data: { line: item.id } },
    item.isFirst ? element("span", { class: "line-station" }, item.station) : null,
    element("span", { class: "line-quantity" }, String(item.quantity)),
    element(
      "span",
      { class: "line-name" },
      key ? element("kbd", { class: "line-key" }, key) : null,
      voided ? element("s", {}, item.name) : item.name,
    ),
    aside(item, made, !voided && isAtPass(ticket)),
    voided ? null : wholeWords(item),
    voided ? null : weight(item),
    whole ? null : markWords(item, mark, voided),
    ...options,
    item.note && !voided ? noteWords(item.note) : null,
    voided ? null : allergens(item, ticket),
  );
}

// The set that a line was ordered in, so that its parts leave the pass together.
function wholeWords(item) {
  if (!item.part_of || item.part_of.name === item.name) return null;
  return element("span", { class: "line-whole" }, say("of_whole", { item: item.part_of.name }));
}

function weight(item) {
  const text = measureWords(item.sold_as);
  return text ? element("span", { class: "line-option" }, text) : null;
}

function aside(item, made, atPass) {
  if (atPass) return element("span", { class: "line-at", data: { at: item.state } }, say(`line_${item.state}`));
  const words = made ? say(`line_${item.state}`) : item.seat ? say("seat", { seat: item.seat }) : "";
  return words ? element("span", { class: made ? "line-made" : "line-seat" }, words) : null;
}

function markWords(item, mark, voided) {
  if (voided) {
    const why = mark && item.void_reason ? ` ${item.void_reason}` : "";
    return element("strong", { class: "line-mark is-void" }, say("line_void") + why);
  }
  if (mark?.kind === "added") return element("strong", { class: "line-mark" }, say("line_added"));
  if (mark?.kind === "changed") {
    const was = mark.was === item.quantity ? say("line_changed") : say("line_was", { quantity: mark.was });
    return element("strong", { class: "line-mark" }, was);
  }
  return null;
}

function optionLine(option) {
  const { text, removal } = optionWords(option);
  if (!removal && isAllergy(option.name)) return element("span", { class: "line-allergy" }, text);
  return element("span", { class: removal ? "line-option is-removal" : "line-option" }, text);
}

// In a bar where a guest is allergic to something; in small letters where nobody said so, or a bar would mean nothing.
function allergens(item, ticket) {
  if (!item.allergens?.length) return null;
  const alarming = isAllergy(ticket.order_note) || speaksOfAllergy(item);
  return element("span", { class: alarming ? "line-allergy" : "line-contains" }, allergensWords(item.allergens));
}

function noteWords(note) {
  const kind = isAllergy(note) ? "line-allergy" : "line-note";
  return element("span", { class: kind }, note);
}

function covers(ticket) {
  return ticket.covers ? sayCount("covers", ticket.covers) : "";
}

function name(ticket) {
  return `${place(ticket)}, ${ticket.order_number}`;
}

/** What a press does to this ticket now. */
export function actionOf(entry) {
  if (entry.marks.size > 0) return "action_acknowledge";
  return isAtPass(entry.ticket) ? "action_serve" : "action_bump";
}

/** Whether this is an order's card at the pass. */
export function isAtPass(ticket) {
  return ticket.ticket_ids !== undefined;
}

/** Whether this line is the last that its ticket waits for. */
export function isLastToMake(ticket, lineId) {
  const left = ticket.lines.filter((line) => isToMake(line, ticket));
  return left.length === 1 && left[0].id === lineId;
}
