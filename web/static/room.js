// The terminal in a guest's room: four tiles, and behind them the menu with its cart, what was ordered, housekeeping,
// messages and the bill. What it shows is of one stay; when staff say that the guest left, it begins anew.

import { Backoff } from "./backoff.js";
import { ServerClock } from "./clock.js";
import { Connection, State, socketUrl } from "./connection.js";
import { setText } from "./dom.js";
import { NotEnrolled, Unheard, ask, send } from "./node.js";
import { say, sayCount, sayKnown } from "./texts.js";
import { Asking } from "./room/asking.js";
import { Cart } from "./room/cart.js";
import { Checkout } from "./room/checkout.js";
import { indexed } from "./room/choosing.js";
import { MenuView } from "./room/menu.js";
import { billOf, coming, expectation, orderCard } from "./room/orders.js";
import { Sheet } from "./room/sheet.js";
import { amount, hourOf, timeOfDay, useCurrency } from "./room/words.js";

const LOOK_EVERY_MS = 60_000; // beside what the node tells: an order may have gone to another room
const FORGET_AFTER_MS = 5 * 60_000; // cut off or asleep for so long, it may be another guest who looks
// refused since the menu is another than the terminal knows
const OF_MENU = new Set(
  ["PRICE_CHANGED", "ITEM_UNAVAILABLE", "NOT_ENOUGH_LEFT", "NOT_SERVED_NOW", "UNKNOWN_ITEM", "UNKNOWN_CHOICE"],
);
const VIEWS = ["home", "dine", "checkout", "orders", "housekeeping", "message", "bill"];

const root = document.getElementById("page");
const { api } = root.dataset;
const at = (name, within = root) => within.querySelector(`[data-${name}]`);
const viewOf = (name) => root.querySelector(`[data-view="${name}"]`);
const clock = new ServerClock();
clock.hear(root.dataset.serverTime);
const connection = new Connection({ url: socketUrl(), events: ["room_updated", "room_menu_updated"], clock });
const photos = `${api}/menu-photos`;

let menu = null;
let here = null; // the room, its orders and asks; null while nothing may be shown
let version = null;
let turning = null; // when prices change by the hour

const cart = new Cart();
const sheet = new Sheet(document.getElementById("sheet"), { photos, take: taken });
const dishes = new MenuView(viewOf("dine"), { photos, open: (item) => sheet.open(menu, item) });
const checkout = new Checkout(viewOf("checkout"), { cart, now: () => clock.now() });
const askings = ["housekeeping", "message"].map((about) => new Asking(viewOf(about), about, { send: asked }));

// ---- what the node says --------------------------------------------------------------------------------------

/** Reads for as long as it takes; a newer question overtakes. */
function reader(path, take) {
  const backoff = new Backoff();
  let wanted = 0;
  return async () => {
    const mine = (wanted += 1);
    let found = null;
    while (mine === wanted && !found) {
      found = await ask(`${api}/${path}`).catch(async (error) => {
        if (error instanceof NotEnrolled) location.reload(); // the page says that it may not
        await new Promise((resolve) => setTimeout(resolve, backoff.next()));
        return null;
      });
    }
    if (mine !== wanted) return null;
    backoff.reset();
    take(found);
    paint();
    return found;
  };
}

const readRoom = reader("room/now", (found) => {
  here = found;
  if (cart.belongTo(found.stay)) begin();
  if (found.room.number !== root.dataset.number) location.reload(); // the page says the number all over
});

const readMenu = reader("room/menu", (found) => {
  useCurrency(found.currency);
  const before = menu && checkout.total(menu);
  menu = indexed(found);
  const total = checkout.total(menu);
  if (before !== null && total !== null && total !== before) checkout.trouble = say("refused_price_changed");
  dishes.show(menu);
  sheet.renew(menu);
  clearTimeout(turning);
  if (found.until) turning = setTimeout(readMenu, Math.max(1000, Date.parse(found.until) - clock.now() + 500));
});

async function start() {
  readMenu();
  const found = await readRoom();
  if (found) connection.resumeFrom(found.position);
}

/** As the next guest finds it. */
function begin() {
  sheet.close();
  checkout.begin();
  dishes.begin();
  for (const asking of askings) asking.begin();
  if (location.hash && location.hash !== "#home") location.replace("#home");
}

connection.addEventListener("news", ({ detail }) => (detail.event === "room_updated" ? readRoom() : readMenu()));
connection.addEventListener("reload", start);
connection.addEventListener("refused", readRoom);
connection.addEventListener("state", paint);
connection.addEventListener("hello", ({ detail }) => {
  if (version !== null && detail.version !== version) location.reload(); // the node was updated: so is this page
  if (version !== null || here === null) {
    readRoom();
    readMenu();
  }
  version = detail.version;
});

/** Shows nothing of anybody until the node says who is here. */
function forget() {
  if (!here) return;
  here = null;
  location.replace("#home");
}

let beatAt = Date.now();
function beat() {
  const now = Date.now(); // the timer by which silence is measured stands still while a tablet sleeps
  if (now - beatAt > FORGET_AFTER_MS) {
    forget();
    readRoom();
  }
  beatAt = now;
  paint();
}

// ---- what is shown -------------------------------------------------------------------------------------------

const shown = () => (VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "home");

function paint() {
  const away = connection.state === State.cutOff;
  if (away && connection.silence > FORGET_AFTER_MS) forget();
  at("cut").hidden = !away;
  if (away) setText(at("cut"), say("cut_off", { time: timeOfDay(clock.now() - connection.silence) }));
  const ready = menu !== null && here !== null;
  at("loading").hidden = ready || away;
  const name = ready ? shown() : "home";
  for (const view of root.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
  at("back").hidden = name === "home";
  at("theme-switch").setAttribute("aria-label", say(`theme_${document.documentElement.dataset.themeChoice}`));
  at("tiles").hidden = !ready;
  setText(at("greeting"), greeting());
  paintBar(ready, name);
  if (ready) paintView(name);
}

function paintView(name) {
  const now = clock.now();
  if (name === "home") paintTiles(now);
  if (name === "checkout") checkout.paint(menu);
  if (name === "orders") {
    at("tracked").replaceChildren(...here.orders.map((order) => orderCard(order, now)));
    at("no-orders").hidden = here.orders.length > 0;
  }
  if (name === "bill") {
    at("billed").replaceChildren(...(here.orders.length ? billOf(here.orders) : []));
    at("no-bill").hidden = here.orders.length > 0;
  }
  for (const asking of askings) if (name === asking.about) asking.paint(here.asks);
}

function greeting() {
  const hour = hourOf(clock.now());
  if (hour < 5 || hour >= 18) return say("good_evening");
  return say(hour < 12 ? "good_morning" : "good_afternoon");
}

function paintTiles(now) {
  const underway = coming(here.orders);
  const due = here.orders.reduce((sum, order) => sum + order.due_minor, 0);
  const open = (about) => here.asks.filter((ask) => ask.about === about && !ask.answered_at).length;
  const answers = here.asks.filter((ask) => ask.about === "message" && ask.answered_at).length;
  tile("dine", underway.length ? expectation(underway[0], now) : say("tile_dine"));
  tile("housekeeping", open("housekeeping") ? sayCount("wishes", open("housekeeping")) : say("tile_housekeeping"));
  tile("message", answers ? sayCount("answers", answers) : open("message") ? say("ask_sent") : say("tile_message"));
  tile("bill", here.orders.length ? say("tile_due", { amount: amount(due) }) : say("tile_bill"));
  at("track").hidden = here.orders.length === 0;
}

function tile(name, words) {
  setText(root.querySelector(`[data-tile="${name}"] [data-tile-words]`), words);
}

function paintBar(ready, name) {
  const bar = at("cart-bar");
  bar.hidden = !ready || name !== "dine" || cart.count === 0;
  root.classList.toggle("has-bar", !bar.hidden);
  if (bar.hidden) return;
  const total = checkout.total(menu);
  setText(at("cart-count"), sayCount("things", cart.count));
  setText(at("cart-total"), total === null ? "" : amount(total));
}

let was = null; // the view that was shown before
function turn() {
  paint();
  const name = shown();
  if (was !== null && was !== name) {
    window.scrollTo(0, 0);
    viewOf(name).querySelector("h1, h2")?.focus({ preventScroll: true });
  }
  was = name;
}

// ---- what a guest does ---------------------------------------------------------------------------------------

function taken(line) {
  cart.add(line);
  setText(at("said"), say("added_to_cart"));
}

async function order() {
  if (checkout.busy) return;
  const lines = cart.lines.map(({ menu_item_id, quantity, options, note }) => ({ menu_item_id, quantity, options, note }));
  const body = { stay: cart.stay, lines, shown_minor: checkout.total(menu), ...checkout.details(root.dataset.kitchenTime) };
  [checkout.busy, checkout.trouble] = [true, ""];
  paint();
  try {
    await send(`${api}/room/orders`, body, { key: cart.keyFor(body) });
    cart.clear();
    checkout.begin();
    await readRoom();
    location.hash = "#orders";
  } catch (error) {
    checkout.trouble = refusal(error);
    if (OF_MENU.has(error.code)) readMenu();
    if (error.code === "STAY_ENDED") readRoom();
  } finally {
    checkout.busy = false;
    paint();
  }
}

/** Why the node would not, in the guest's language where this page knows the reason. */
function refusal(error) {
  if (error instanceof Unheard) return say("no_answer");
  return sayKnown(`refused_${error.code?.toLowerCase()}`, say("refused"));
}

async function asked(wish) {
  try {
    await send(`${api}/room/asks`, { stay: cart.stay, ...wish });
  } catch (error) {
    return refusal(error);
  }
  await readRoom();
  return "";
}

at("back").addEventListener("click", () => (location.hash = shown() === "checkout" ? "#dine" : "#home"));
at("send-order").addEventListener("click", order);
cart.addEventListener("change", paint);
window.addEventListener("hashchange", turn);
document.addEventListener("theme", paint);
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && shown() !== "home") at("back").click();
  else if (event.key === "/" && shown() === "dine") dishes.search.focus();
  else return;
  event.preventDefault();
});
setInterval(beat, 1000);
setInterval(readRoom, LOOK_EVERY_MS);
turn();
start();
