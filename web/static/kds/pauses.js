// Which stations take no orders, and the button that pauses one that drowns or takes orders again.

import { setText } from "../dom.js";
import { Unheard, ask, send } from "../node.js";
import { say } from "../texts.js";

export class Pauses {
  #until = new Map();

  constructor({ api, clock, timeOfDay, onChange }) {
    Object.assign(this, { api, clock, timeOfDay, onChange });
  }

  /** Read from the node which stations are paused. */
  async read() {
    try {
      const { items } = await ask(`${this.api}/stations`);
      this.#until = new Map(items.filter((one) => one.pause).map((one) => [one.id, one.pause]));
    } catch (error) {
      console.warn("the stations could not be read; the next change tells", error);
    }
    this.onChange();
  }

  /** The pause of a station that stands now, or null. */
  of(stationId) {
    const pause = this.#until.get(stationId);
    return pause && Date.parse(pause.until) > this.clock.now() ? pause : null;
  }

  /** "paused until 20:40", or nothing. */
  words(stationId) {
    const pause = this.of(stationId);
    if (!pause) return "";
    return say("paused_until", { until: this.timeOfDay(Date.parse(pause.until)).replace(/:\d\d$/, "") });
  }

  /** Listen to the button in the rail and the dialog that it opens. */
  serve(button, dialog, station) {
    const trouble = dialog.querySelector("[data-trouble]");
    button.addEventListener("click", () => {
      setText(trouble, "");
      if (this.of(station())) this.#post(station(), "resume", {}, (words) => setText(button, words));
      else dialog.showModal();
    });
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = new FormData(event.target);
      const minutes = Number(told.get("minutes")) || null;
      const body = { reason: told.get("reason"), ...(minutes ? { minutes } : {}) };
      if (await this.#post(station(), "pause", body, (words) => setText(trouble, words))) dialog.close();
    });
  }

  async #post(stationId, step, body, tell) {
    try {
      await send(`${this.api}/stations/${stationId}/${step}`, body);
    } catch (error) {
      tell(error instanceof Unheard ? say("no_answer") : error.message);
      return false;
    }
    await this.read();
    return true;
  }
}
