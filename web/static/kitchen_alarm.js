// Cries out what a kitchen does not get, over the foot of every screen of staff: stations of which no screen is heard,
// and tickets that are on no paper. Nothing else moves.

import { element, setText } from "./dom.js";
import { say } from "./texts.js";

export class KitchenAlarm {
  #bar = element("p", { class: "kitchen-alarm", role: "alert", hidden: true });

  constructor(root, connection, timeOfDay) {
    this.timeOfDay = timeOfDay;
    root.append(this.#bar);
    connection.addEventListener("news", ({ detail }) => {
      if (detail.event === "sync_status") this.hear(detail.data);
    });
  }

  /** What GET P/status or sync_status says; a node that says nothing of these has none to cry about. */
  hear(status) {
    const words = [...(status.unheard_stations ?? []).map((one) => this.#unheard(one)), ...notOnPaper(status.paper_alarms ?? [])];
    this.#bar.hidden = words.length === 0;
    setText(this.#bar, words.join(" "));
  }

  #unheard(one) {
    const what = say("unheard", { station: one.name, since: this.timeOfDay(Date.parse(one.since)) });
    return one.elsewhere ? `${what} ${elsewhere(one)}` : what;
  }
}

function elsewhere({ to_station: station, to_printer: printer }) {
  if (station) return say("unheard_shown", { station });
  return printer ? say("unheard_printed", { printer }) : say("unheard_nowhere");
}

function notOnPaper([first, ...more]) {
  if (!first) return [];
  const words = say("paper_alarm", { title: first.title, printer: first.printer });
  return more.length ? [words, say("paper_alarm_more", { count: more.length })] : [words];
}
