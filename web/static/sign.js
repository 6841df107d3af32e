// Keeps every connection sign of a page true: the same words and shapes everywhere (see _sign.html).

import { setText } from "./dom.js";
import { say } from "./texts.js";
import { State } from "./connection.js";

const WORDS = {
  [State.connecting]: "sign_connecting",
  [State.online]: "sign_online",
  [State.propertyOnly]: "sign_property_only",
  [State.cutOff]: "sign_cut_off",
};

/** Follow `connection` in all [data-sign] of the page; `timeOfDay` writes milliseconds as a time of day. */
export function followConnection(connection, { clock, timeOfDay }) {
  const paint = () => {
    for (const sign of document.querySelectorAll("[data-sign]")) {
      if (sign.dataset.state !== connection.state) sign.dataset.state = connection.state;
      setText(sign.querySelector("[data-sign-word]"), say(WORDS[connection.state]));
      setText(sign.querySelector("[data-sign-detail]"), detail(connection, clock, timeOfDay));
    }
  };
  connection.addEventListener("state", paint);
  connection.addEventListener("news", paint);
  setInterval(paint, 500);
  paint();
}

/** "since 19:42 (0:35)" when cut off, "3 waiting" when the cloud is away, nothing when all is well. */
export function detail(connection, clock, timeOfDay) {
  if (connection.state === State.cutOff) {
    const since = timeOfDay(clock.now() - connection.silence);
    return say("sign_since", { since, age: duration(connection.silence) });
  }
  const waiting = connection.sync?.waiting ?? 0;
  return connection.state === State.propertyOnly && waiting > 0 ? say("sign_waiting", { count: waiting }) : "";
}

/** A length of time to read from afar: 0:35, 12:04, 1:05:00. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
