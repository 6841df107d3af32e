// The print queue: what waits for which printer, live, with what staff can do about each slip.

import { element, setText } from "./dom.js";
import { say, sayCount } from "./texts.js";
import { StaffPage } from "./staff/page.js";
import { lasting } from "./staff/words.js";

const LIVE = "print-jobs?state=live&limit=100";
const ALL = "print-jobs?limit=100";
const WAITS = new Set(["queued", "unknown", "failed", "held"]);

const page = new StaffPage({ views: [LIVE, "printers", "devices"], events: [], take, hear: () => {} });
const at = (name) => page.at(name);
let slips = [];
let printers = [];
let devices = [];
let shows = "";

function take(jobs, found, others) {
  slips = jobs.items;
  printers = found.items;
  devices = others.items;
}

async function decide(slip, what, body = {}) {
  const answer = await page.act(`print-jobs/${slip.id}/${what}`, body);
  if (answer !== null) page.gather();
}

function button(slip, what) {
  const onclick = () => decide(slip, what);
  return element("button", { type: "button", class: "button", data: { do: what }, onclick }, say(`do_${what.replace("-", "_")}`));
}

function moving(slip) {
  const others = printers.filter((printer) => printer.id !== slip.printer_id);
  if (!others.length) return null;
  const options = others.map((printer) => element("option", { value: printer.id }, printer.name));
  const onchange = ({ target }) => target.value && decide(slip, "move", { printer_id: target.value });
  return element("select", { class: "button", data: { do: "move" }, "aria-label": say("do_move"), onchange },
    element("option", { value: "" }, say("do_move")), ...options);
}

function actions(slip) {
  if (WAITS.has(slip.state)) return [button(slip, "release"), moving(slip), button(slip, "cancel")];
  return slip.state === "sending" ? [] : [button(slip, "print-again")];
}

function row(slip, now) {
  const printer = slip.home_name ? say("for_printer", { printer: slip.printer_name ?? "", home: slip.home_name }) : slip.printer_name ?? "";
  const age = lasting(now - Date.parse(slip.created_at));
  const facts = [say(`state_${slip.state}`), printer, age, slip.copies ? say("copies", { count: slip.copies }) : ""];
  return element("li", { class: "slip", data: { state: slip.state } },
    element("div", { class: "slip-words" },
      element("strong", {}, slip.title),
      element("span", { class: "soft figure" }, facts.filter(Boolean).join(" · ")),
      slip.detail ? element("span", { class: "soft" }, slip.detail) : null),
    element("div", { class: "slip-actions" }, ...actions(slip)));
}

function device(one, now) {
  const lasts = one.since ? lasting(now - Date.parse(one.since)) : "";
  const lost = one.lost_count ? say("lost_count", { count: one.lost_count }) : "";
  return element("li", { class: "slip", data: { device: one.state } },
    element("div", { class: "slip-words" },
      element("strong", {}, one.name),
      element("span", { class: "soft figure" }, [say(`device_${one.state}`), lasts, lost].filter(Boolean).join(" · ")),
      one.detail ? element("span", { class: "soft" }, one.detail) : null));
}

function paint() {
  page.paintList({ empty: slips.length === 0 });
  const now = page.clock.now();
  const waiting = slips.filter((slip) => WAITS.has(slip.state)).length;
  setText(at("figures"), page.listState === "ready" ? sayCount("slips", waiting) : "");
  setText(at("which"), say(page.views[0] === LIVE ? "all_slips" : "only_live"));
  setText(at("hint"), page.trouble);
  at("hint").hidden = !page.trouble;
  // Made anew only when it says something else, and never under a list that somebody has open.
  const news = JSON.stringify([slips, printers.map((printer) => printer.id), devices, Math.floor(now / 60_000)]);
  if (news === shows || at("slips").querySelector("select:focus")) return;
  shows = news;
  at("slips").replaceChildren(...slips.map((slip) => row(slip, now)));
  at("devices").replaceChildren(...devices.map((one) => device(one, now)));
}

page.addEventListener("paint", paint);
// Slips have no events of their own; the state of printers and devices, and how many slips wait, is told with the status.
page.connection.addEventListener("news", ({ detail }) => detail.event === "sync_status" && page.gather());
at("which").addEventListener("click", () => {
  page.views[0] = page.views[0] === LIVE ? ALL : LIVE;
  page.gather();
});
page.start();
