// The floor plan: wires the node's floor, the line to it, the plan, the panel beside it and who is signed in.
// It works from the node alone; nothing here names another host.

import { Backoff } from "./backoff.js";
import { ServerClock } from "./clock.js";
import { Connection, State, socketUrl } from "./connection.js";
import { element, setText } from "./dom.js";
import { NotEnrolled, NotSignedIn, Unheard, ask, newKey, send } from "./node.js";
import { followConnection } from "./sign.js";
import { say, sayCount } from "./texts.js";
import { Drawing, settled } from "./floor/drawing.js";
import { areaView, drawingView, tableView } from "./floor/panel.js";
import { Plan } from "./floor/plan.js";
import { Session } from "./floor/session.js";

const GATHER_MS = 120; // one act makes several events: the floor is read once for them
const PLAN_FIELDS = ["x", "y", "w", "h", "rotation"];

const root = document.getElementById("floor");
const planArea = document.getElementById("plan");
const panel = document.getElementById("panel");
const at = (name) => root.querySelector(`[data-${name}]`);
const { api, locale, zone } = root.dataset;

const clock = new ServerClock();
clock.hear(root.dataset.serverTime);
const connection = new Connection({ url: socketUrl(), events: ["table_updated", "sync_status"], clock });
const session = new Session({ api, dialog: document.getElementById("sign-in") });
const plan = new Plan(planArea);
const drawing = new Drawing(planArea, plan, { get: tableOf, move: moveTable, rest: saveTable, choose });

let floor = { areas: [], tables: [], sections: [] };
let areaId = null;
let selected = null;
let joining = null; // the table that others are put to
let addingArea = false;
let listState = "loading";
let trouble = "";
let version = null;
let panelShows = "";
let unsure = null; // what was sent and not answered: the same again has the same key

function timeOfDay(milliseconds) {
  const format = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat(locale, format).format(milliseconds);
}

function tableOf(id) {
  return floor.tables.find((table) => table.id === id) ?? null;
}

function labelOf(id) {
  return tableOf(id)?.label ?? "";
}

// ---- what is shown -------------------------------------------------------------------------------------------

function paint() {
  const here = floor.tables.filter((table) => table.area_id === areaId);
  const ready = listState === "ready";
  plan.render(here, { now: clock.now(), selected, drawing: drawing.active, labelOf });
  planArea.classList.toggle("is-joining", joining !== null);
  setText(at("clock"), timeOfDay(clock.now()).replace(/:\d\d$/, ""));
  const taken = floor.tables.filter((table) => !["free", "dirty"].includes(table.state)).length;
  setText(at("taken"), ready ? sayCount("taken", taken) : "");
  const shown = ready ? (here.length === 0 && !drawing.active ? "empty" : "") : listState;
  for (const state of root.querySelectorAll("[data-list]")) state.hidden = state.dataset.list !== shown;
  at("cut").hidden = connection.state !== State.cutOff;
  at("hint").hidden = joining === null;
  if (joining !== null) setText(at("hint"), say("join_hint", { table: labelOf(joining) }));
  paintAreas();
  paintSwitches();
  paintPanel();
}

function paintAreas() {
  const bar = at("areas");
  const known = [...bar.children].map((tab) => `${tab.dataset.area}${tab.textContent}`).join();
  if (known !== floor.areas.map((area) => `${area.id}${area.name}`).join()) {
    bar.replaceChildren(
      ...floor.areas.map((area) =>
        element(
          "button",
          { type: "button", class: "area", role: "tab", data: { area: area.id }, onclick: () => showArea(area.id) },
          area.name,
        )),
    );
  }
  for (const tab of bar.children) {
    const current = tab.dataset.area === areaId;
    tab.setAttribute("aria-selected", String(current));
    tab.tabIndex = current ? 0 : -1;
  }
}

function paintSwitches() {
  const may = session.may("tables.manage");
  const draw = at("draw");
  draw.hidden = !may;
  draw.setAttribute("aria-pressed", String(drawing.active));
  setText(draw, say(drawing.active ? "draw_end" : "draw"));
  at("tools").hidden = !drawing.active;
  at("add-table").disabled = areaId === null;
  setText(at("who"), session.name ? say("signed_in", { name: session.name }) : say("sign_in"));
  setText(at("theme-switch"), say(`theme_${document.documentElement.dataset.themeChoice}`));
}

// Made anew only when it would say something else, so that what is being typed stays.
function paintPanel() {
  const table = tableOf(selected);
  panel.hidden = !addingArea && !table;
  const minute = Math.floor(clock.now() / 60_000);
  const shows = addingArea ? `area${trouble}` : JSON.stringify([table, trouble, drawing.active, drawing.active ? 0 : minute]);
  if (panel.hidden || shows === panelShows) return;
  panelShows = shows;
  let parts;
  if (addingArea) parts = areaView({ trouble, on: { save: addArea } });
  else if (drawing.active) {
    const on = { save: (fields) => editTable(table.id, fields), takeAway: () => editTable(table.id, { active: false }) };
    parts = drawingView(table, { trouble, on });
  } else {
    const on = { seat: (covers) => act(`tables/${table.id}/seatings`, { covers }), step: (step) => act(`tables/${table.id}/steps`, { step }) };
    Object.assign(on, { join: () => beginJoin(table.id), part: () => act(`tables/${table.id}/part`, {}) });
    parts = tableView(table, { now: clock.now(), locale, labelOf, trouble, on });
  }
  const hadFocus = panel.contains(document.activeElement);
  panel.replaceChildren(element("button", { type: "button", class: "panel-close", "aria-label": "×", onclick: close }, "×"), ...parts);
  if (hadFocus) panel.querySelector("h2").focus();
}

// ---- what staff do -------------------------------------------------------------------------------------------

function choose(id) {
  if (joining !== null && id !== joining) {
    const to = joining;
    joining = null;
    selected = to;
    act(`tables/${to}/joins`, { table_ids: [id] });
    return;
  }
  if (selected !== id) trouble = "";
  [selected, addingArea] = [id, false];
  paint();
}

function close() {
  const spot = plan.nodeOf(selected);
  [selected, joining, addingArea, trouble] = [null, null, false, ""];
  paint();
  spot?.focus();
}

function showArea(id) {
  [areaId, selected, addingArea, trouble] = [id, null, false, ""];
  paint();
}

function beginJoin(id) {
  joining = id;
  paint();
}

/** Does it at the node as who is signed in, asking who it is first; answers what the node said, or null. */
async function act(path, body, method = "POST") {
  if (!(await session.ask())) return null;
  trouble = "";
  const same = unsure && unsure.path === path && JSON.stringify(unsure.body) === JSON.stringify(body);
  const key = same ? unsure.key : newKey();
  unsure = null;
  panel.setAttribute("aria-busy", "true");
  try {
    const answer = await send(`${api}/${path}`, body, { method, token: session.token, key });
    await fetchFloor();
    return answer;
  } catch (error) {
    if (error instanceof Unheard) unsure = { path, body, key };
    if (error instanceof NotSignedIn) session.end();
    trouble = error instanceof Unheard ? say("no_answer") : error.message;
    return null;
  } finally {
    panel.removeAttribute("aria-busy");
    paint();
  }
}

// ---- drawing -------------------------------------------------------------------------------------------------

function moveTable(id, place) {
  Object.assign(tableOf(id), place);
  plan.place(tableOf(id));
  setText(at("said"), say("moved", { table: labelOf(id), x: place.x, y: place.y }));
}

async function saveTable(id) {
  const table = tableOf(id);
  const fields = Object.fromEntries(PLAN_FIELDS.map((name) => [name, table[name]]));
  if ((await act(`tables/${id}`, fields, "PATCH")) === null) await fetchFloor(); // it goes back to where it is
}

function editTable(id, fields) {
  const table = tableOf(id);
  const place = "w" in fields ? settled({ ...table, ...fields }) : {};
  return act(`tables/${id}`, { ...fields, ...place }, "PATCH");
}

async function addTable() {
  const numbers = floor.tables.map((table) => Number(table.label)).filter((number) => Number.isInteger(number));
  const here = floor.tables.filter((table) => table.area_id === areaId);
  const isFree = (x, y) => here.every((t) => x + 104 <= t.x || t.x + t.w + 8 <= x || y + 104 <= t.y || t.y + t.h + 8 <= y);
  const spots = [...Array(80).keys()].map((n) => [32 + (n % 10) * 128, 32 + Math.floor(n / 10) * 128]);
  const [x, y] = spots.find(([left, top]) => isFree(left, top)) ?? [32, 32];
  const label = String(Math.max(0, ...numbers) + 1);
  const made = await act("tables", { area_id: areaId, label, seats: 4, shape: "square", x, y, w: 96, h: 96 });
  if (made) choose(made.id);
}

async function addArea(name) {
  const made = await act("areas", { name, sort: floor.areas.length });
  if (made) showArea(made.id);
}

function toggleDrawing() {
  drawing.active = !drawing.active;
  [selected, joining, addingArea, trouble] = [null, null, false, ""];
  paint();
}

// ---- what the node says --------------------------------------------------------------------------------------

const backoff = new Backoff();
let wanted = 0;
let gathering = null;

/** Read the floor, for as long as it takes; answers its position, or null when overtaken. */
async function fetchFloor() {
  const mine = (wanted += 1);
  while (mine === wanted) {
    try {
      const found = await ask(`${api}/floor`);
      if (mine !== wanted) return null;
      backoff.reset();
      take(found);
      return found.position;
    } catch (error) {
      if (error instanceof NotEnrolled) listState = "refused";
      else if (listState !== "ready") listState = "error";
      setText(at("list-trouble"), error.message);
      paint();
    }
    await new Promise((resolve) => setTimeout(resolve, backoff.next()));
  }
  return null;
}

function take(found) {
  if (drawing.busy) {
    gather(); // nothing moves under a finger; what is new comes when it rests
    return;
  }
  floor = found;
  listState = "ready";
  if (!floor.areas.some((area) => area.id === areaId)) areaId = floor.areas[0]?.id ?? null;
  if (selected && !tableOf(selected)) selected = null;
  paint();
}

function gather() {
  gathering ??= setTimeout(() => {
    gathering = null;
    fetchFloor();
  }, GATHER_MS);
}

async function begin() {
  const position = await fetchFloor();
  if (position !== null) connection.resumeFrom(position);
}

connection.addEventListener("news", ({ detail }) => {
  if (detail.event === "table_updated") gather();
});
connection.addEventListener("reload", begin);
connection.addEventListener("refused", fetchFloor); // its answer tells what to do
connection.addEventListener("state", paint);
connection.addEventListener("hello", ({ detail }) => {
  if (version !== null && detail.version !== version) location.reload(); // the node was updated: so is its screen
  if (version !== null) gather();
  version = detail.version;
  ask(`${api}/status`).then(
    (status) => connection.learn(status.sync),
    (error) => console.warn("the node's status could not be read; its next sync_status tells", error),
  );
});

// ---- the page ------------------------------------------------------------------------------------------------

planArea.addEventListener("click", (event) => {
  const spot = event.target.closest(".table-spot");
  if (spot) choose(spot.dataset.table);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) close();
});
at("areas").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...at("areas").children];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  showArea(next.dataset.area);
  next.focus();
});
at("draw").addEventListener("click", toggleDrawing);
at("add-table").addEventListener("click", addTable);
at("add-area").addEventListener("click", () => {
  [selected, addingArea, trouble] = [null, true, ""];
  paint();
  panel.querySelector("input").focus();
});
at("who").addEventListener("click", () => (session.token ? session.end() : session.ask()));
session.addEventListener("change", () => {
  if (drawing.active && !session.may("tables.manage")) toggleDrawing();
  paint();
});
document.addEventListener("theme", paintSwitches);
followConnection(connection, { clock, timeOfDay });
setInterval(paint, 1000);
paint();
begin();
