// How the kitchen reads a ticket: where it goes, what is left out, what is dangerous.

import { say, sayKnown, words } from "../texts.js";
import { duration } from "../sign.js";

/** Where it goes: "Table 12", "Room 204", "Takeaway". */
export function place(ticket) {
  const at = (ticket.table ?? "").replaceAll("-", "\u2011"); // T-31 stays on one line
  if (ticket.channel === "room_service") return at ? say("room", { room: at }) : say("room_service");
  if (ticket.channel === "dine_in" || (at && !["takeaway", "delivery", "counter"].includes(ticket.channel))) {
    return at ? say("table", { table: at }) : say("dine_in");
  }
  const channel = say(`channel_${ticket.channel}`);
  return at ? `${channel} ${at}` : channel;
}

/** Whether a note speaks of an allergy; rather once too often than once too rarely. */
export function isAllergy(note) {
  if (!note) return false;
  const text = note.toLocaleLowerCase();
  return words("allergy_words").some((word) => text.includes(word));
}

/** Whether a line's note or a chosen option speaks of an allergy. */
export function speaksOfAllergy(line) {
  return isAllergy(line.note) || line.options.some((option) => isAllergy(option.name));
}

/** What a dish contains, in words. */
export function allergensWords(allergens) {
  return say("contains", { allergens: allergens.map((name) => sayKnown(`allergen_${name}`, name)).join(", ") });
}

/** A chosen option in words: {text, removal}. A quantity of 0 is a removal: "no onion". */
export function optionWords(option) {
  const quantity = option.quantity ?? 1;
  if (quantity === 0) return { text: say("without", { item: lowerFirst(option.name) }), removal: true };
  const times = quantity > 1 ? `${quantity} × ${option.name}` : option.name;
  const under = "› ".repeat(option.depth ?? 0);
  const name = under + (option.half ? say(`half_${option.half}`, { item: times }) : times);
  const start = option.name.toLocaleLowerCase();
  const removal = words("removal_words").some((word) => start.startsWith(`${word} `));
  return { text: removal ? lowerFirst(name) : name, removal };
}

/** How much was weighed or measured: "0.312 kg"; nothing for what is sold by the piece. */
export function measureWords(soldAs) {
  if (!soldAs?.thousandths) return "";
  const unit = { litre: "l" }[soldAs.kind] ?? soldAs.kind;
  return `${Math.floor(soldAs.thousandths / 1000)}.${String(soldAs.thousandths % 1000).padStart(3, "0")} ${unit}`;
}

/** How a ticket stands against its own time: {text, level: "calm" | "soon" | "late", word}. */
export function age(ticket, now) {
  const passed = Math.max(0, now - Date.parse(ticket.placed_at));
  const allowed = (ticket.prep_seconds ?? 0) * 1000;
  const share = allowed > 0 ? passed / allowed : 0;
  const level = share >= 1 ? "late" : share >= SOON ? "soon" : "calm";
  return { text: duration(passed), level, word: level === "calm" ? "" : say(`age_${level}`) };
}

const SOON = 0.7;

/** Whether a line of a ticket is still to be made. */
export function isToMake(line, ticket) {
  return !isMade(line) && line.state !== "voided" && ticket.state !== "voided";
}

/** Whether a line was made: it is ready, or with the guest. */
export function isMade(line) {
  return line.state === "ready" || line.state === "served";
}

function lowerFirst(text) {
  // "BBQ sauce" keeps its capitals, "Onion" does not.
  return /^\p{Lu}\p{Ll}/u.test(text) ? text[0].toLocaleLowerCase() + text.slice(1) : text;
}
