// The floor plan: wires the node's floor, the line to it, the plan, the panel beside it and who is signed in.
// It works from the node alone; nothing here names another host.

import { element, setText } from "./dom.js";
import { say, sayCount } from "./texts.js";
import { Door } from "./floor/door.js";
import { Drawing, settled } from "./floor/drawing.js";
import { areaView, drawingView, tableView } from "./floor/panel.js";
import { Plan } from "./floor/plan.js";
import { StaffPage } from "./staff/page.js";

const PLAN_FIELDS = ["x", "y", "w", "h", "rotation"];

const page = new StaffPage({ views: ["floor", "parties"], events: ["table_updated"], take, hear: () => page.gather() });
const { clock, session, locale, panel } = page;
const planArea = document.getElementById("plan");
const at = (name) => page.at(name);
const plan = new Plan(planArea);
const door = new Door(page, document.getElementById("parties"), { act, labelOf, areas: () => floor.areas, paint: () => page.paint() });
const drawing = new Drawing(planArea, plan, { get: tableOf, move: moveTable, rest: saveTable, choose });

let floor = { areas: [], tables: [], sections: [] };
let areaId = null;
let selected = null;
let joining = null; // the table that others are put to
let addingArea = false;
let panelShows = "";

function tableOf(id) {
  return floor.tables.find((table) => table.id === id) ?? null;
}

function labelOf(id) {
  return tableOf(id)?.label ?? "";
}

// ---- what is shown -------------------------------------------------------------------------------------------

function paint() {
  const here = floor.tables.filter((table) => table.area_id === areaId);
  plan.render(here, { now: clock.now(), selected, drawing: drawing.active, labelOf, keptFor: (id) => door.keptFor(id) });
  planArea.classList.toggle("is-joining", joining !== null || door.isSeating);
  door.paint(clock.now());
  const taken = floor.tables.filter((table) => !["free", "dirty"].includes(table.state)).length;
  const figures = [sayCount("taken", taken), door.waits ? sayCount("waiting", door.waits) : ""];
  setText(at("figures"), page.listState === "ready" ? figures.filter(Boolean).join(" · ") : "");
  page.paintList({ empty: here.length === 0 && !drawing.active });
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
}

// Made anew only when it would say something else, so that what is being typed stays.
function paintPanel() {
  const table = tableOf(selected);
  const { trouble } = page;
  const ofDoor = door.shows(clock.now());
  panel.hidden = !addingArea && !table && !ofDoor;
  const minute = Math.floor(clock.now() / 60_000);
  const shows = ofDoor || addingArea ? ofDoor || `area${trouble}` : JSON.stringify([table, trouble, drawing.active, drawing.active ? 0 : minute]);
  if (panel.hidden || shows === panelShows) return;
  panelShows = shows;
  let parts;
  if (ofDoor) parts = door.view(clock.now());
  else if (addingArea) parts = areaView({ trouble, on: { save: addArea } });
  else if (drawing.active) {
    const on = { save: (fields) => editTable(table.id, fields), takeAway: () => editTable(table.id, { active: false }) };
    parts = drawingView(table, { trouble, on });
  } else {
    const on = { seat: (covers) => act(`tables/${table.id}/seatings`, { covers }), step: (step) => act(`tables/${table.id}/steps`, { step }) };
    Object.assign(on, { join: () => beginJoin(table.id), part: () => act(`tables/${table.id}/part`, {}) });
    parts = tableView(table, { now: clock.now(), locale, labelOf, trouble, on });
  }
  page.fillPanel(parts, close);
}

// ---- what staff do -------------------------------------------------------------------------------------------

function choose(id) {
  if (door.isSeating && tableOf(id).state === "free") {
    door.seat(door.chosen, [id]);
    return;
  }
  door.chosen = null;
  if (joining !== null && id !== joining) {
    const to = joining;
    joining = null;
    selected = to;
    act(`tables/${to}/joins`, { table_ids: [id] });
    return;
  }
  if (selected !== id) page.trouble = "";
  [selected, addingArea] = [id, false];
  paint();
}

function close() {
  const [spot, party] = [plan.nodeOf(selected), door.chosen];
  door.chosen = null;
  [selected, joining, addingArea, page.trouble] = [null, null, false, ""];
  paint();
  (spot ?? document.querySelector(`[data-party="${party}"]`))?.focus();
}

function showArea(id) {
  if (!door.isSeating) door.chosen = null; // who seats somebody may look through the areas
  [areaId, selected, addingArea, page.trouble] = [id, null, false, ""];
  paint();
}

function beginJoin(id) {
  joining = id;
  paint();
}

/** Does it at the node, and shows what came of it; answers what the node said, or null. */
async function act(path, body, method = "POST") {
  const answer = await page.act(path, body, method);
  if (answer !== null) await page.fetch();
  return answer;
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
  if ((await act(`tables/${id}`, fields, "PATCH")) === null) await page.fetch(); // it goes back to where it is
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

function addParty(event) {
  event.preventDefault();
  [selected, joining, addingArea] = [null, null, false];
  if (drawing.active) toggleDrawing();
  door.choose("new");
  panel.querySelector("input").focus();
}

function toggleDrawing() {
  door.chosen = null;
  drawing.active = !drawing.active;
  [selected, joining, addingArea, page.trouble] = [null, null, false, ""];
  paint();
}

// ---- what the node says --------------------------------------------------------------------------------------

function take(found, parties) {
  if (drawing.busy) {
    page.gather(); // nothing moves under a finger; what is new comes when it rests
    return;
  }
  floor = found;
  door.take(parties);
  if (!floor.areas.some((area) => area.id === areaId)) areaId = floor.areas[0]?.id ?? null;
  if (selected && !tableOf(selected)) selected = null;
}

// ---- the page ------------------------------------------------------------------------------------------------

planArea.addEventListener("click", (event) => {
  const spot = event.target.closest(".table-spot");
  if (spot) choose(spot.dataset.table);
});
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") close();
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "n") addParty(event);
  else if (/^[1-8]$/.test(event.key) && door.pick(Number(event.key))) event.preventDefault();
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
at("add-party").addEventListener("click", addParty);
at("add-table").addEventListener("click", addTable);
at("add-area").addEventListener("click", () => {
  [selected, addingArea, page.trouble] = [null, true, ""];
  paint();
  panel.querySelector("input").focus();
});
session.addEventListener("change", () => {
  if (drawing.active && !session.may("tables.manage")) toggleDrawing();
});
page.addEventListener("paint", paint);
page.start();
