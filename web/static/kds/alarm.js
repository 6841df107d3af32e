// What cannot be overlooked: this screen no longer hears the node. It takes the place of the foot, so that no card
// moves when it comes or goes.

import { setText } from "../dom.js";
import { say } from "../texts.js";
import { State } from "../connection.js";
import { duration } from "../sign.js";

export class Alarm {
  constructor(root, { clock, connection, timeOfDay }) {
    Object.assign(this, { root, clock, connection, timeOfDay });
    this.banner = root.querySelector("[data-alarm]");
  }

  paint() {
    const deaf = this.connection.state === State.cutOff;
    if (this.root.dataset.connection !== this.connection.state) this.root.dataset.connection = this.connection.state;
    this.banner.hidden = !deaf;
    if (!deaf) return;
    const { silence } = this.connection;
    setText(this.banner.querySelector("[data-alarm-age]"), duration(silence));
    const since = this.timeOfDay(this.clock.now() - silence);
    setText(this.banner.querySelector("[data-alarm-since]"), say("cut_off_since", { since }));
  }
}
