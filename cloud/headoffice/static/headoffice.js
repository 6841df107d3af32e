// Head office's pages stay fresh by themselves: news on the stream fetches the changing part anew (htmx swaps it in).
// Without this script every page is whole, and fresh when it is opened.

import { ServerClock } from "./clock.js";
import { State } from "./connection.js";
import { setText } from "./dom.js";
import { LiveStream } from "./headoffice/stream.js";
import { followConnection } from "./sign.js";
import { say } from "./texts.js";

const board = document.getElementById("board");
const cutOff = document.querySelector("[data-cut-off]");
const notRefreshed = document.querySelector("[data-not-refreshed]");
const clock = new ServerClock();
const stream = new LiveStream({ url: board.dataset.live, clock });
const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });

// Whoever has sent a form (signing out, say) goes where that leads: news that was asked for before calls nobody back.
let leaving = false;
document.addEventListener("submit", (event) => {
  leaving ||= !event.defaultPrevented;
});
window.addEventListener("pageshow", () => {
  leaving = false;
});
board.addEventListener("htmx:beforeOnLoad", (event) => {
  if (leaving) event.preventDefault();
});

stream.addEventListener("news", () => window.htmx.trigger(board, "news"));
stream.addEventListener("out", () => {
  if (!leaving) location.reload();
});
stream.addEventListener("state", ({ detail }) => {
  cutOff.hidden = detail.state !== State.cutOff;
});

// The same markup again changes nothing: whoever selects a text or stands on a link is left in peace.
let shown = null;
board.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status !== 200) return;
  if (detail.serverResponse === shown) detail.shouldSwap = false;
  shown = detail.serverResponse;
});
board.addEventListener("htmx:afterRequest", ({ detail }) => {
  notRefreshed.hidden = detail.successful || !cutOff.hidden;
});

function paintTheme() {
  const button = document.querySelector("[data-theme-switch]");
  setText(button, say(`theme_${document.documentElement.dataset.themeChoice}`));
}

document.addEventListener("theme", paintTheme);
paintTheme();
followConnection(stream, { clock, timeOfDay: (milliseconds) => time.format(milliseconds) });
stream.start();
