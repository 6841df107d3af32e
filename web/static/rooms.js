// The rooms: what they ask for, which terminals stand in them and how those are, and that a guest left.

import { element, setText } from "./dom.js";
import { say, sayCount, sayKnown } from "./texts.js";
import { lasting } from "./staff/words.js";
import { StaffPage } from "./staff/page.js";

const LOOK_EVERY_MS = 5000; // whether a terminal listens is told by no event
const SVG = "http://www.w3.org/2000/svg";

const page = new StaffPage({
  views: ["rooms", "terminals", "room-asks"], events: ["room_updated"], take, hear: () => page.gather(),
});
const at = (name) => page.at(name);
let [rooms, terminals, asks] = [[], [], []];
let selected = null;
let sure = false; // whether "guest left" was pressed once
let link = null; // of a terminal to be: {link, qr}
let [shows, panelShows] = ["", ""];

function take(found, screens, asked) {
  rooms = found.items;
  terminals = screens.items.filter((one) => one.room_id);
  asks = asked.items;
}

const thereIn = (room) => terminals.filter((one) => one.room_id === room.id);

function stateOf(terminal) {
  if (terminal.online) return say("online");
  if (!terminal.last_heard_at) return say("not_heard");
  return say("cut_off", { time: page.timeOfDay(Date.parse(terminal.last_heard_at)) });
}

// ---- what is shown -------------------------------------------------------------------------------------------

function paint() {
  page.paintList({ empty: rooms.length === 0 });
  const away = terminals.filter((one) => !one.online).length;
  const figures = [asks.length ? sayCount("asks", asks.length) : "", away ? sayCount("away", away) : ""];
  setText(at("figures"), page.listState === "ready" ? figures.filter(Boolean).join(" · ") : "");
  setText(at("hint"), page.trouble);
  at("hint").hidden = !page.trouble;
  paintPanel();
  // Made anew only when it says something else, and never while somebody writes an answer.
  const news = JSON.stringify([rooms, terminals, asks, selected, Math.floor(page.clock.now() / 60_000)]);
  if (news === shows || at("asks").querySelector("input:focus")) return;
  shows = news;
  at("asks").replaceChildren(...asks.map(askRow));
  const floors = [...new Set(rooms.map((room) => room.floor))];
  at("rooms").replaceChildren(...floors.map((floor) => element("section", { class: "room-floor" },
    floors.length > 1 && element("h2", {}, floor ?? say("no_floor")),
    element("ul", { class: "room-list" }, ...rooms.filter((room) => room.floor === floor).map(roomRow)))));
}

function roomRow(room) {
  const mine = thereIn(room);
  const state = mine.length ? (mine.every((one) => one.online) ? "online" : "away") : "none";
  const words = mine.length ? mine.map(stateOf).join(", ") : say("no_terminal");
  return element("li", {}, element("button", {
    type: "button", class: "room-open", data: { room: room.number, state }, "aria-pressed": String(room.id === selected),
    onclick: () => open(room.id),
  },
    element("strong", {}, say("room", { number: room.number })), room.name && element("span", {}, room.name),
    element("span", { class: "soft" }, words)));
}

function askRow(ask) {
  const words = [...ask.wishes.map((wish) => sayKnown(`wish_${wish}`, wish)), ask.text].filter(Boolean).join(", ");
  const input = element("input", { name: "text", maxlength: 500, "aria-label": say("answer_to", { number: ask.number }), autocomplete: "off" });
  const form = element("form", { class: "ask-answer", onsubmit: (event) => {
    event.preventDefault();
    answer(ask, input.value.trim() || null);
  } }, input, element("button", { type: "submit", class: "button" }, say("answer")),
    element("button", { type: "button", class: "button", onclick: () => answer(ask, null) }, say("done")));
  return element("li", { class: "ask-row", data: { ask: ask.about } },
    element("p", {}, element("strong", {}, say("room", { number: ask.number })), ` ${words} `,
      element("span", { class: "soft figure" }, lasting(page.clock.now() - Date.parse(ask.at)))),
    form);
}

function paintPanel() {
  const room = rooms.find((one) => one.id === selected);
  page.panel.hidden = !room;
  const news = JSON.stringify([room, room && thereIn(room), sure, link, page.trouble]);
  if (!room || news === panelShows) return;
  panelShows = news;
  const press = (key, onclick, values = {}) => element("button", { type: "button", class: "button", data: { do: key }, onclick }, say(key, values));
  page.fillPanel([
    element("h2", { tabindex: "-1" }, say("room", { number: room.number })),
    room.name && element("p", {}, room.name),
    ...thereIn(room).map((one) => element("div", { class: "room-terminal" },
      element("p", {}, element("strong", {}, one.name), ` ${stateOf(one)}`),
      press("remove_terminal", () => act(`terminals/${one.id}/revoke`), { name: one.name }))),
    press("new_terminal", () => newTerminal(room)),
    link && element("div", { class: "room-link" },
      element("p", {}, say("link_about")), drawn(link.qr), element("p", { class: "room-address" }, link.link)),
    element("p", { class: "soft" }, say("guest_left_about")),
    sure ? press("guest_left_sure", () => guestLeft(room), { number: room.number }) : press("guest_left", () => change({ sure: true })),
    page.trouble && element("p", { class: "field-error", role: "alert" }, page.trouble),
  ].filter(Boolean), close);
}

/** The code as squares on white, whatever the colours of the page. */
function drawn(rows) {
  const svg = document.createElementNS(SVG, "svg");
  const size = rows.length + 8; // with the quiet border that scanners want
  for (const [name, value] of Object.entries({ viewBox: `-4 -4 ${size} ${size}`, class: "room-code", role: "img" })) svg.setAttribute(name, value);
  svg.setAttribute("aria-label", say("code"));
  const path = document.createElementNS(SVG, "path");
  const squares = rows.flatMap((row, y) => [...row].map((dark, x) => (dark === "1" ? `M${x} ${y}h1v1h-1z` : "")));
  path.setAttribute("d", squares.join(""));
  svg.append(path);
  return svg;
}

// ---- what staff do -------------------------------------------------------------------------------------------

function change(to) {
  ({ sure, link } = { sure, link, ...to });
  page.paint();
}

function open(id) {
  [selected, page.trouble] = [id, ""];
  change({ sure: false, link: null });
}

function close() {
  const number = rooms.find((room) => room.id === selected)?.number;
  open(null);
  page.root.querySelector(`[data-room="${CSS.escape(number ?? "")}"]`)?.focus();
}

async function act(path, body = {}) {
  const answer = await page.act(path, body);
  if (answer !== null) page.gather();
  return answer;
}

async function newTerminal(room) {
  const made = await act("terminals", { name: say("room", { number: room.number }), kind: "room", room_id: room.id });
  if (made) change({ link: { link: made.link, qr: made.qr } });
}

async function guestLeft(room) {
  if (await act(`rooms/${room.id}/departures`)) change({ sure: false });
}

async function answer(ask, text) {
  document.activeElement?.blur();
  await act(`room-asks/${ask.id}/answers`, { text });
}

at("new").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { number, floor } = event.target;
  if (await act("rooms", { number: number.value, floor: floor.value || null })) event.target.reset();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && selected && !document.querySelector("dialog[open]")) close();
});
page.addEventListener("paint", paint);
setInterval(() => page.gather(), LOOK_EVERY_MS);
page.start();
