// Cries out which of a kitchen's tickets are on no paper, over the foot of every screen of staff: nothing else moves.

import { element, setText } from "./dom.js";
import { say } from "./texts.js";

export class PaperAlarm {
  #bar = element("p", { class: "paper-alarm", role: "alert", hidden: true });

  constructor(root, connection) {
    root.append(this.#bar);
    connection.addEventListener("news", ({ detail }) => {
      if (detail.event === "sync_status") this.hear(detail.data);
    });
  }

  /** What GET P/status or sync_status says; a node that says nothing of paper has none to cry about. */
  hear(status) {
    const [first, ...more] = status.paper_alarms ?? [];
    this.#bar.hidden = !first;
    if (!first) return;
    const words = say("paper_alarm", { title: first.title, printer: first.printer });
    setText(this.#bar, more.length ? `${words} ${say("paper_alarm_more", { count: more.length })}` : words);
  }
}
