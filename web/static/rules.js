// What holds at some times, as a manager sets it up; and cards taken offline. The node says what is in force and refuses what
// can't be; this page shows both. The tab stands in the page's address.

import { element, setText } from "./dom.js";
import { say, sayCount } from "./texts.js";
import { Cards } from "./rules/cards.js";
import { RuleForm } from "./rules/form.js";
import { KINDS } from "./rules/kinds.js";
import { Words } from "./rules/sentence.js";
import { StaffPage } from "./staff/page.js";

const TABS = [...Object.keys(KINDS), "cards"];
const VIEWS = ["menu-rules", "house-rules", "offline-cards?open=true&limit=100", "offline-cards?limit=50"];

const page = new StaffPage({ views: VIEWS, events: ["menu_updated", "order_updated"], take, hear: () => page.gather() });
const at = (name) => page.at(name);
const words = new Words({ locale: page.locale, currency: page.root.dataset.currency });
const cards = new Cards(page, at("cards"), { limits: setLimits, tell: tellOutcome, open: openCard });
let menu = null;
let tab = TABS.includes(location.hash.slice(1)) ? location.hash.slice(1) : TABS[0];
let form = null;
let read = null; // until when what is in force was read
let [shows, cardShows] = ["", ""];

const mayEdit = () => !page.session.token || page.session.may("menu.manage");
const mayManage = () => !page.session.token || page.session.may("property.manage");
const listed = () => menu[KINDS[tab].view];
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function take(rules, house, open, newest) {
  menu = rules;
  words.take(rules);
  cards.take(house, open, newest);
  if (form && !form.isNew) form.meet(menu[KINDS[form.kind].view].find((one) => one.id === form.rule.id) ?? null);
}

// ---- what is shown -------------------------------------------------------------------------------------------

function paint() {
  const ofCards = tab === "cards";
  const shown = menu && !ofCards ? found() : [];
  page.paintList({ empty: !ofCards && shown.length === 0 });
  at("cards").hidden = !ofCards || page.listState !== "ready";
  at("rules").hidden = ofCards;
  at("about").hidden = ofCards || !menu;
  at("add").hidden = ofCards || !menu || !mayEdit();
  at("tools").hidden = ofCards || !menu;
  setText(at("hint"), form || cards.chosen || ofCards ? "" : page.trouble);
  at("hint").hidden = !at("hint").textContent;
  if (!menu) return;
  paintTabs();
  paintFigures();
  if (ofCards) cards.paint(mayManage());
  else paintRules(shown);
  paintPanel();
  if (menu.until && menu.until !== read && page.clock.now() >= Date.parse(menu.until)) {
    read = menu.until;
    page.gather();
  }
}

/** The rules of this tab that fit the search: those in force first, those switched off last. */
function found() {
  const wanted = fold(at("search").value).split(/\s+/).filter(Boolean);
  const rank = (rule) => (rule.in_force ? 0 : rule.active ? 1 : 2);
  const text = (rule) => fold(`${rule.name} ${words.sentence(tab, rule)}`);
  return listed().filter((rule) => wanted.every((word) => text(rule).includes(word))).sort((one, other) => rank(one) - rank(other));
}

function paintTabs() {
  const bar = at("tabs");
  if (!bar.children.length) {
    bar.append(...TABS.map((name) => element("button", { type: "button", class: "service", data: { tab: name }, onclick: () => choose(name) },
      element("span", {}, say(`tab_${name}`)), element("span", { class: "figure" }))));
  }
  for (const button of bar.children) {
    const name = button.dataset.tab;
    const count = name === "cards" ? cards.waiting.length : menu[KINDS[name].view].length;
    setText(button.lastChild, String(count));
    if (name === tab && button.getAttribute("aria-pressed") !== "true") button.scrollIntoView({ block: "nearest", inline: "center" });
    button.setAttribute("aria-pressed", String(name === tab));
  }
}

function paintFigures() {
  const force = Object.values(KINDS).flatMap(({ view }) => menu[view]).filter((rule) => rule.in_force).length;
  const figures = [force ? sayCount("in_force", force) : "", cards.waiting.length ? sayCount("waiting", cards.waiting.length) : ""];
  setText(at("figures"), page.listState === "ready" ? figures.filter(Boolean).join(" · ") : "");
}

function paintRules(shown) {
  setText(at("add"), say(`add_${tab}`));
  setText(at("about"), say(`about_${tab}`));
  setText(at("none"), say(listed().length ? "none_found" : `none_${tab}`));
  setText(at("none-about"), listed().length || !mayEdit() ? "" : say("none_hint"));
  const news = JSON.stringify([tab, shown, form?.rule?.id, mayEdit(), menu.items.length, menu.categories]);
  if (news === shows) return;
  const focused = document.activeElement?.closest("[data-rule]")?.dataset.rule;
  shows = news;
  at("rules").replaceChildren(...shown.map(row));
  if (focused) rowOf(focused)?.focus();
}

const STATES = { force: ["is_in_force", "is-good"], waiting: ["is_waiting", ""], off: ["is_off", "is-warn"] };
const rowOf = (id) => page.root.querySelector(`[data-rule="${CSS.escape(id)}"] .rule-open`);

function row(rule) {
  const state = rule.in_force ? "force" : rule.active ? "waiting" : "off";
  const [key, tone] = STATES[state];
  return element("li", { class: "rule", data: { rule: rule.id, state } },
    element("button", { type: "button", class: "rule-open", "aria-pressed": String(rule.id === form?.rule?.id), onclick: () => open(rule) },
      element("span", { class: "rule-name" }, element("strong", {}, rule.name), element("span", { class: `state ${tone}` }, say(key))),
      element("span", { class: "rule-sentence" }, words.sentence(tab, rule))),
    mayEdit() && element("button", { type: "button", class: "button", data: { do: "switch" }, onclick: () => turn(rule) }, say(rule.active ? "switch_off" : "switch_on")));
}

function paintPanel() {
  page.panel.hidden = !form && !cards.card;
  const news = JSON.stringify([cards.card, page.session.name]);
  if (form || !cards.card || news === cardShows) return;
  cardShows = news;
  page.fillPanel(cards.parts(), close);
}

// ---- what a manager does -------------------------------------------------------------------------------------

function choose(name) {
  if (!menu) return;
  close();
  tab = name;
  at("search").value = "";
  history.replaceState(null, "", `#${name}`);
  page.paint();
  page.root.querySelector(".staff-main").scrollTop = 0;
}

/** Opens a rule, or a new one for null. */
function open(rule) {
  page.trouble = "";
  form = new RuleForm({
    kind: tab, rule, menu, words, mayEdit: mayEdit(),
    on: { save, remove, refill: () => page.fillPanel(form.parts(), close) },
  });
  page.panel.hidden = false;
  page.fillPanel(form.parts(), close);
  page.panel.scrollTop = 0;
  page.panel.querySelector(rule ? "h2" : "input[name=name]").focus();
  page.paint();
}

function openCard(id) {
  [cards.chosen, cardShows, page.trouble] = [id, "", ""];
  page.paint();
  page.panel.querySelector("h2").focus();
}

function close() {
  const [id, card] = [form?.rule?.id, cards.chosen];
  [form, cards.chosen, cardShows, page.trouble] = [null, null, "", ""];
  page.paint();
  if (id) rowOf(id)?.focus();
  if (card) page.root.querySelector(`[data-card="${CSS.escape(card)}"] .rule-open`)?.focus();
}

/** Does it at the node and tells how it went; answers whether it was done. */
async function act(path, body, method, told) {
  const answer = await page.act(path, body, method);
  page.gather(); // also when it was refused: the rule may be another one by now
  if (answer) setText(at("said"), told);
  return answer !== null;
}

function save(changes, version) {
  const { kind, rule } = form;
  const { path } = KINDS[kind];
  const told = toldOf(changes, changes.name ?? rule.name);
  return finish(() => (rule ? act(`${path}/${rule.id}`, { ...changes, version }, "PATCH", told) : act(path, changes, "POST", told)));
}

function remove(version) {
  const { kind, rule } = form;
  return finish(() => act(`${KINDS[kind].path}/${rule.id}/removal`, { version }, "POST", say("removed", { name: rule.name })));
}

/** Does what the form asks for, one thing at a time: it closes, or says why not. */
async function finish(doing) {
  const mine = form;
  if (mine.isBusy) return;
  mine.isBusy = true;
  const done = await doing();
  mine.isBusy = false;
  if (form !== mine) return;
  if (done) close();
  else form.refuse(page.refusal, page.trouble);
}

async function turn(rule) {
  const change = { active: !rule.active };
  await act(`${KINDS[tab].path}/${rule.id}`, { ...change, version: rule.version }, "PATCH", toldOf(change, rule.name));
}

function toldOf({ active }, name) {
  if (active === undefined) return say("saved", { name });
  return active ? say("switched_on", { name }) : say("switched_off", { name });
}

async function setLimits(changes) {
  await act("house-rules", changes, "PATCH", say("limits_saved"));
  cards.refuseLimits(page.trouble);
}

async function tellOutcome(card, outcome, reason) {
  const done = await act(`offline-cards/${card.id}/outcome`, { outcome, reason }, "POST", say("told", { number: card.order_number }));
  if (done) close();
  else cards.refuse(page.trouble);
}

at("add").addEventListener("click", () => open(null));
at("search").addEventListener("input", () => page.paint());
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape" && typing && !page.panel.contains(event.target)) event.target.blur();
  else if (event.key === "Escape") close();
  else if (typing) return;
  else if (event.key === "/") at("search").focus();
  else if (event.key === "n" && !at("add").hidden) open(null);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
  else if (/^[1-5]$/.test(event.key)) choose(TABS[Number(event.key) - 1]);
  else return;
  event.preventDefault();
});

function step(by) {
  const all = [...page.root.querySelectorAll(".rule-open")];
  const here = all.indexOf(document.activeElement?.closest(".rule")?.querySelector(".rule-open"));
  all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)]?.focus();
}

page.addEventListener("paint", paint);
page.start();
