// The kitchen screen: wires what is known (Board), what is done (Steps), the line to the node (Connection) and what
// is shown (View). It works from the node alone; nothing here names another host.

import { Backoff } from "./backoff.js";
import { ServerClock } from "./clock.js";
import { Connection, State, socketUrl } from "./connection.js";
import { setText } from "./dom.js";
import { KitchenAlarm } from "./kitchen_alarm.js";
import { followConnection } from "./sign.js";
import { say } from "./texts.js";
import { Alarm } from "./kds/alarm.js";
import { Board, isOpen, isUnserved } from "./kds/board.js";
import { actionOf, isAtPass, isLastToMake } from "./kds/card.js";
import { paintRecall, paintStations } from "./kds/foot.js";
import { NumberKeys } from "./kds/keys.js";
import { LineKeys } from "./kds/lines.js";
import { Memory } from "./kds/memory.js";
import { neighbour } from "./kds/moves.js";
import { NotEnrolled, ask } from "./node.js";
import { atPass } from "./kds/passes.js";
import { Pauses } from "./kds/pauses.js";
import { listen } from "./kds/press.js";
import { paintAllDay } from "./kds/rail.js";
import { Sound } from "./kds/sound.js";
import { Steps } from "./kds/steps.js";
import { Stillness } from "./kds/stillness.js";
import { View } from "./kds/view.js";
import { isMade, place } from "./kds/words.js";

const EVERY_STATION = "all";
const PASS = "pass"; // the expeditor's, where orders stand instead of tickets
const PAGE_BACK_MS = 20_000;
const SKEW_TOLD_MS = 2000;

const root = document.getElementById("kds");
const area = document.getElementById("board");
const rail = document.getElementById("rail");
const foot = document.getElementById("foot");
const { property, api, locale, zone } = root.dataset;

const clock = new ServerClock();
clock.hear(root.dataset.serverTime);
const memory = new Memory(property);
const isPass = root.dataset.station === PASS;
const board = new Board({ memory, isShown: isPass ? isUnserved : isOpen });
const sound = new Sound(memory);
const keys = new NumberKeys();
const lineKeys = new LineKeys();
const view = new View(area);
const stillness = new Stillness(document);
const connection = new Connection({
  url: socketUrl(),
  events: ["ticket_updated", "station_updated", "sync_status", "key_pressed"],
  clock,
  shows: () => stationId ?? EVERY_STATION,
});
const steps = new Steps({ api, isCutOff: () => connection.state === State.cutOff });
const kitchen = new KitchenAlarm(root, connection, (at) => timeOfDay(at).replace(/:\d\d$/, ""));
const pauses = new Pauses({ api, clock, timeOfDay, onChange: paint });
const alarm = new Alarm(root, { clock, connection, timeOfDay });

let stationId = root.dataset.station || null;
let unheard = []; // stations that receive nothing, and who stands in for them
let shown = new Map();
let listState = "loading";
let listTrouble = "";
let version = null;
let turnedAt = 0;
let lastIndex = 0;

function timeOfDay(milliseconds) {
  const format = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat(locale, format).format(milliseconds);
}

// ---- what is shown -------------------------------------------------------------------------------------------

/** What stands here: tickets of the station, or at the pass orders. */
function entriesHere() {
  return isPass ? atPass(board.open()) : board.open(stationId, standsInFor());
}

function isAnothers(ticket) {
  return !isPass && stationId !== null && ticket.station_id !== stationId;
}

function arrange() {
  const entries = entriesHere();
  shown = new Map(entries.map((entry) => [entry.ticket.id, entry]));
  keys.assign(entries.map((entry) => entry.ticket.id));
  const views = entries.map((entry) => ({
    entry,
    key: keys.keyOf(entry.ticket.id),
    station: stationId === null,
    anothers: isAnothers(entry.ticket),
    picking: lineKeys.ticketId === entry.ticket.id ? { lineId: lineKeys.lineId } : null,
    ...stepsOf(entry.ticket.id),
  }));
  view.render(views, clock.now());
  steps.clearDone();
  paint();
}

/** What is under way on a card: with the ticket, or with a line where that takes long or failed; and on each line. */
function stepsOf(id) {
  const lineSteps = steps.ofLines(id);
  const slow = [...lineSteps.values()].find((step) => step.phase === "failed" || step.phase === "waiting");
  return { step: steps.of(id) ?? slow ?? null, lineSteps };
}

function schedule() {
  stillness.whenStill(arrange);
}

function paint() {
  const now = clock.now();
  const entries = entriesHere();
  if (lineKeys.expire((id) => entries.some((entry) => entry.ticket.id === id))) schedule();
  view.paint(now, stepsOf);
  paintStations(foot, board, now, pauses);
  paintPause();
  const bumped = lastBumped();
  const step = bumped && steps.of(bumped.id);
  paintRecall(foot, bumped, step?.step === "recall" || step?.step === "return" ? step : null, lineKeys.asking);
  paintAllDay(rail, entries);
  setText(rail.querySelector("[data-clock]"), timeOfDay(now).replace(/:\d\d$/, ""));
  const skewed = Math.abs(clock.skew()) > SKEW_TOLD_MS;
  rail.querySelector("[data-skew]").hidden = !skewed;
  paintMore();
  paintListState(entries.length);
  alarm.paint();
}

function paintPause() {
  const button = rail.querySelector("[data-pause]");
  button.hidden = isPass || stationId === null;
  if (!button.hidden) setText(button, say(pauses.of(stationId) ? "resume" : "pause"));
}

function paintMore() {
  const more = rail.querySelector("[data-more]");
  more.hidden = view.pages < 2;
  if (!more.hidden) setText(more, say("more", { count: view.elsewhere, page: view.page + 1, pages: view.pages }));
  if (view.page > 0 && clock.monotonic() - turnedAt > PAGE_BACK_MS) turn(-view.page);
}

function paintListState(count) {
  const shown = listState === "ready" ? (count === 0 ? emptyState() : "") : listState;
  for (const state of root.querySelectorAll("[data-list]")) state.hidden = state.dataset.list !== shown;
  setText(root.querySelector("[data-list-trouble]"), listTrouble);
}

// An empty board of a screen that hears nothing means nothing.
function emptyState() {
  return connection.state === State.cutOff ? "stale" : "empty";
}

// ---- what the cook does --------------------------------------------------------------------------------------

function act(id, lineId = null) {
  const entry = shown.get(id);
  if (!entry) return;
  if (actionOf(entry) === "action_acknowledge") {
    for (const ticketId of entry.ticket.ticket_ids ?? [id]) board.acknowledge(ticketId);
    schedule();
  } else if (isAtPass(entry.ticket)) {
    serve(entry.ticket, lineId);
  } else if (isOpen(entry.ticket)) {
    const line = entry.ticket.lines.find((known) => known.id === lineId && known.state !== "voided");
    if (line && !isLastToMake(entry.ticket, lineId)) {
      steps.begin(id, isMade(line) ? "recall" : "bump", lineId);
      return;
    }
    lastIndex = view.grid.flat().indexOf(id);
    steps.begin(id, "bump");
  }
}

// What is ready goes; a line goes by itself however far it is, and one that went comes back.
function serve(ticket, lineId) {
  const line = ticket.lines.find((known) => known.id === lineId && known.state !== "voided");
  lastIndex = view.grid.flat().indexOf(ticket.id);
  if (line) steps.begin(ticket.id, line.state === "served" ? "return" : "serve", lineId, ticket.ticket_ids);
  else steps.begin(ticket.id, "serve", null, ticket.ticket_ids);
}

function start(id) {
  const ticketId = id ?? selected();
  const entry = ticketId && board.get(ticketId);
  if (entry?.ticket.state === "placed") steps.begin(ticketId, "start");
}

function recall() {
  const bumped = lastBumped();
  if (bumped?.tickets) steps.follow(bumped.id, "return", bumped.tickets);
  else if (bumped) steps.follow(bumped.id, "recall");
}

function turn(by) {
  turnedAt = clock.monotonic();
  view.turn(by);
  paint();
}

function move(direction) {
  const picking = shown.get(lineKeys.ticketId)?.ticket;
  if (picking && (direction === "up" || direction === "down")) {
    lineKeys.move(picking, direction === "down" ? 1 : -1);
    schedule();
    return;
  }
  const next = neighbour(view.grid, selected(), direction, { lastIndex, mirrored: document.dir === "rtl" });
  if (next) view.cardOf(next)?.querySelector(".card-head").focus();
}

function digit(key) {
  const picking = shown.get(lineKeys.ticketId)?.ticket;
  if (picking) {
    const line = lineKeys.lineOf(picking, key);
    lineKeys.touch();
    if (line) act(picking.id, line.id);
    return;
  }
  const id = keys.ticketOf(key);
  if (!id) return;
  if (lineKeys.asking) {
    lineKeys.open(id);
    schedule();
  } else act(id);
}

function lines() {
  lineKeys.toggle(selected());
  paint();
  schedule();
}

// Enter bumps the line that was picked by arrows; without one it is the card's own.
function enter() {
  if (lineKeys.ticketId === null || lineKeys.lineId === null) return false;
  lineKeys.touch();
  act(lineKeys.ticketId, lineKeys.lineId);
  return true;
}

function leave() {
  const was = lineKeys.active;
  lineKeys.end();
  paint();
  schedule();
  return was;
}

function selected() {
  return document.activeElement?.closest(".card")?.dataset.ticket ?? null;
}

function lastBumped() {
  const shown = standsInFor().add(stationId);
  const isHere = (ticket) => (stationId === null ? ticket.stationId !== PASS : shown.has(ticket.stationId));
  return memory.bumped.find(isHere) ?? null;
}

function showStation(id) {
  if (isPass || id === PASS) {
    location.assign(id === null ? "?station=all" : `?station=${encodeURIComponent(id)}`); // another list, read anew
    return;
  }
  stationId = id;
  view.page = 0;
  for (const chip of foot.querySelectorAll("[data-station]")) {
    const current = (chip.dataset.station || null) === id;
    chip.setAttribute("aria-current", String(current));
    if (current) setText(rail.querySelector("[data-station-name]"), chip.dataset.name);
  }
  history.replaceState(null, "", id === null ? "?station=all" : `?station=${encodeURIComponent(id)}`);
  arrange();
}

// ---- what the node says --------------------------------------------------------------------------------------

const listBackoff = new Backoff();
let listWanted = 0;

/** Fetch the list of open tickets, for as long as it takes; answers its position, or null when overtaken. */
async function fetchList() {
  const mine = (listWanted += 1);
  while (mine === listWanted) {
    try {
      const { items, position } = await ask(`${api}/tickets?state=${isPass ? "pass" : "open"}`);
      if (mine !== listWanted) return null;
      listBackoff.reset();
      board.takeList(items, position);
      [listState, listTrouble] = ["ready", ""];
      schedule();
      return position;
    } catch (error) {
      listFailed(error);
    }
    await new Promise((resolve) => setTimeout(resolve, listBackoff.next()));
  }
  return null;
}

function listFailed(error) {
  // A list that was shown stays: old tickets under a loud sign serve better than none.
  if (error instanceof NotEnrolled) [listState, listTrouble] = ["refused", error.message];
  else if (listState !== "ready") [listState, listTrouble] = ["error", error.message];
  paint();
}

async function fetchStatus() {
  try {
    const status = await ask(`${api}/status`);
    connection.learn(status.sync);
    kitchen.hear(status);
    takeUnheard(status);
  } catch (error) {
    console.warn("the node's status could not be read; its next sync_status tells", error);
  }
}

async function begin() {
  const position = await fetchList();
  if (position !== null) connection.resumeFrom(position);
}

/** The stations whose tickets are shown here as long as none of their own screens is heard. */
function standsInFor() {
  const forThis = stationId === null ? [] : unheard.filter((one) => one.to_station_id === stationId);
  return new Set(forThis.map((one) => one.station_id));
}

function takeUnheard({ unheard_stations: stations = [] }) {
  const before = standsInFor().size;
  unheard = stations;
  if (standsInFor().size > before) sound.play("ticket");
  schedule();
}

function takeNews({ event, position, data }) {
  if (event === "sync_status") takeUnheard(data);
  if (event === "station_updated") pauses.read();
  if (event === "key_pressed") pressed(data.key);
  if (event !== "ticket_updated") return;
  const news = board.takeEvent(data.ticket, position);
  const ours = !isAnothers(data.ticket) || standsInFor().has(data.ticket.station_id);
  if (ours && (news === "ticket" || news === "change")) sound.play(news);
  if (!isPass && news === "step" && !isOpen(data.ticket) && data.ticket.state !== "voided") rememberBump(data.ticket);
  if (isOpen(data.ticket)) memory.removeBumped(data.ticket.id);
  schedule();
}

function rememberBump(ticket) {
  if (ticket.state !== "ready" || memory.bumped.some((known) => known.id === ticket.id)) return;
  memory.addBumped({
    id: ticket.id,
    stationId: ticket.station_id,
    number: ticket.order_number,
    place: place(ticket),
  });
}

function takeAnswer({ step, tickets, ticketId }) {
  for (const ticket of tickets) board.takeAnswer(ticket);
  if (step === "bump") rememberBump(tickets[0]);
  if (step === "serve" && !tickets.some(isUnserved)) rememberServed(ticketId, tickets);
  if (step === "recall" || step === "return") memory.removeBumped(ticketId);
  schedule();
}

function rememberServed(id, tickets) {
  const [first] = tickets;
  const ids = tickets.map((ticket) => ticket.id);
  memory.addBumped({ id, stationId: PASS, number: first.order_number, place: place(first), tickets: ids });
}

connection.addEventListener("news", ({ detail }) => takeNews(detail));
connection.addEventListener("reload", begin);
connection.addEventListener("refused", fetchList); // its answer tells the cook what to do
connection.addEventListener("hello", ({ detail }) => {
  const isFirst = version === null;
  if (!isFirst && detail.version !== version) location.reload(); // the node was updated: so is its screen
  version = detail.version;
  steps.hurry();
  fetchStatus();
  pauses.read();
  if (!isFirst) fetchList();
});
connection.addEventListener("state", ({ detail }) => {
  if (detail.state === State.cutOff) sound.play("cutOff");
  paint();
});
steps.addEventListener("answer", ({ detail }) => takeAnswer(detail));
steps.addEventListener("change", () => {
  paint();
  schedule();
});

const pressed = listen(area, { act, start, recall, turn, move, digit, lines, enter, leave });
foot.querySelector("[data-recall]").addEventListener("click", recall);
rail.querySelector("[data-more]").addEventListener("click", () => {
  turn(view.page + 1 < view.pages ? 1 : -view.page);
});
pauses.serve(rail.querySelector("[data-pause]"), document.getElementById("pause"), () => stationId);
rail.querySelector("[data-sound]").addEventListener("click", () => {
  sound.toggle();
  paintSwitches();
});
foot.addEventListener("click", (event) => {
  const chip = event.target.closest("button[data-station]");
  if (chip) showStation(chip.dataset.station || null);
});

function paintSwitches() {
  const button = rail.querySelector("[data-sound]");
  button.setAttribute("aria-pressed", String(sound.on));
  setText(button, say(sound.on ? "sound_on" : "sound_off"));
  setText(rail.querySelector("[data-theme-switch]"), say(`theme_${document.documentElement.dataset.themeChoice}`));
}

new ResizeObserver(() => {
  view.forgetHeights();
  schedule();
}).observe(area);
document.addEventListener("theme", paintSwitches);
followConnection(connection, { clock, timeOfDay });
paintSwitches();
setInterval(paint, 500);
setInterval(schedule, 1000); // number keys that have rested go to the tickets that wait for one
begin();
