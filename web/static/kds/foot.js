// The foot: stations with their load, the oldest ticket, what was bumped last and how to bring it back.

import { setText } from "../dom.js";
import { say } from "../texts.js";
import { isOpen } from "./board.js";
import { age, isToMake } from "./words.js";

/** Write each station's load into its chip: tickets, items to make, the age of the oldest; or that it is paused. */
export function paintStations(foot, board, now, pauses) {
  for (const chip of foot.querySelectorAll("[data-station]")) {
    if (chip.dataset.station === "pass") continue;
    const entries = board.open(chip.dataset.station || null).filter((entry) => isOpen(entry.ticket) || entry.marks.size > 0);
    const oldest = entries.length ? age(entries[0].ticket, now) : null;
    setText(chip.querySelector("[data-load]"), String(entries.length));
    const items = toMake(entries);
    setText(chip.querySelector("[data-work]"), items > 0 ? say("work", { items }) : "");
    const paused = pauses.words(chip.dataset.station);
    setText(chip.querySelector("[data-paused]"), paused);
    chip.classList.toggle("is-paused", paused !== "");
    setText(chip.querySelector("[data-oldest]"), oldest ? oldest.text : "");
    chip.dataset.level = worst(entries, now);
  }
}

// Items that wait. Prep times are not added up: nobody knows how many a station makes at once.
function toMake(entries) {
  const lines = entries.flatMap(({ ticket }) => ticket.lines.filter((line) => isToMake(line, ticket)));
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

/** Say what was bumped last, and whether it can be brought back; or that a ticket's number is waited for. */
export function paintRecall(foot, bumped, step, asking) {
  const button = foot.querySelector("[data-recall]");
  button.disabled = bumped === null || (step !== null && step.phase !== "failed");
  setText(foot.querySelector("[data-bumped]"), asking ? say("pick_ticket") : bumpedWords(bumped, step));
  foot.querySelector("[data-bumped]").classList.toggle("is-bad", step?.phase === "failed");
}

function bumpedWords(bumped, step) {
  if (!bumped) return say("nothing_bumped");
  const ticket = `${bumped.place} ${bumped.number}`;
  if (step?.phase === "failed") return say("step_recall_failed", { why: step.message || say("no_answer") });
  if (step) return say("recalling", { ticket });
  return say("last_bumped", { ticket });
}

function worst(entries, now) {
  const levels = entries.map((entry) => age(entry.ticket, now).level);
  return levels.includes("late") ? "late" : levels.includes("soon") ? "soon" : "calm";
}
