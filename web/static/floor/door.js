// Who waits and who has reserved, beside the plan: the list, and what is to be done for the party chosen.

import { element, setText } from "../dom.js";
import { ask } from "../node.js";
import { lasting, money } from "../staff/words.js";
import { localText, momentOf } from "../staff/zone.js";
import { say, sayCount } from "../texts.js";

const SHOWN = ["waiting", "late", "reserved", "no_show"];
const HOUR_MS = 3_600_000;
const button = (key, onclick, extra = {}) => element("button", { type: "button", class: "button", onclick, ...extra }, say(key));

export class Door {
  parties = [];
  rules = {};
  chosen = null; // a party's id, or "new"
  suggested = [];
  keepable = []; // tables that could be kept for its hour
  #asked = ""; // for what the suggestions were fetched
  #drawn = "";

  /** on: {act(path, body, method) → the party or null, labelOf(id), areas(), paint()} */
  constructor(page, list, on) {
    Object.assign(this, { page, list, on });
  }

  take({ items, rules }) {
    [this.parties, this.rules] = [items, rules];
    this.#asked = ""; // tables may be others now
    if (this.chosen !== "new" && !this.party) this.chosen = null;
  }

  get party() {
    return this.parties.find((party) => party.id === this.chosen) ?? null;
  }

  get waits() {
    return this.parties.filter((party) => party.state === "waiting").length;
  }

  /** Whether a tap on a free table seats somebody. */
  get isSeating() {
    return SHOWN.includes(this.party?.state);
  }

  /** When a table is kept for somebody next: "19:30 · 4", or nothing. */
  keptFor(tableId) {
    const kept = this.parties.filter((party) => ["late", "reserved"].includes(party.state) && party.table_ids.includes(tableId));
    const [next] = kept.sort((one, other) => one.reserved_for.localeCompare(other.reserved_for));
    return next ? say("kept", { time: this.page.timeOfDay(Date.parse(next.reserved_for)), guests: next.covers }) : "";
  }

  choose(id) {
    if (id !== this.chosen) [this.suggested, this.keepable] = [[], []];
    this.chosen = id;
    this.page.trouble = "";
    this.on.paint();
  }

  // ---- the list ----------------------------------------------------------------------------------------------

  paint(now) {
    const shown = this.parties.filter((party) => SHOWN.includes(party.state));
    const drawn = JSON.stringify([shown, this.chosen, Math.floor(now / 60_000)]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = document.activeElement?.closest("[data-party]")?.dataset.party;
    this.list.replaceChildren(...shown.map((party) => this.#row(party, now)));
    if (!shown.length) this.list.append(element("li", { class: "soft door-none" }, say("door_empty")));
    if (focused) this.list.querySelector(`[data-party="${focused}"]`)?.focus();
  }

  #row(party, now) {
    const name = element("span", { class: "door-name" }, party.name);
    const head = element("span", { class: "door-head" }, name, element("span", { class: "figure" }, sayCount("guests", party.covers)));
    const notes = [party.clashes.length ? say("clash") : null, ...this.#facts(party, now)];
    return element(
      "li",
      {},
      element(
        "button",
        {
          type: "button",
          class: `door-party${party.id === this.chosen ? " is-selected" : ""}`,
          data: { party: party.id, state: party.state, clash: String(party.clashes.length > 0) },
          onclick: () => this.choose(party.id),
        },
        head,
        element("span", { class: "door-facts figure" }, notes.filter(Boolean).join(" · ")),
      ),
    );
  }

  #facts(party, now) {
    const at = (text) => this.page.timeOfDay(Date.parse(text));
    const facts = [say(`party_${party.state}`)];
    if (party.state === "waiting") facts.push(lasting(now - Date.parse(party.waits_since)));
    if (party.reserved_for) facts.push(at(party.reserved_for));
    if (party.quoted_for) facts.push(say("quoted", { time: at(party.quoted_for) }));
    if (party.told_at) facts.push(say("told"));
    if (party.table_ids.length) facts.push(say("tables_kept", { tables: party.table_ids.map(this.on.labelOf).join(" + ") }));
    return facts;
  }

  // ---- the panel ---------------------------------------------------------------------------------------------

  /** What the panel shows of it, by which it is known whether that has changed. */
  shows(now) {
    if (this.chosen === "new") return `new${this.page.trouble}`;
    const minute = Math.floor(now / 60_000);
    return this.party ? JSON.stringify([this.party, this.suggested, this.keepable, this.page.trouble, minute]) : "";
  }

  view(now) {
    return this.chosen === "new" ? this.#newView() : this.#partyView(this.party, now);
  }

  #partyView(party, now) {
    this.#suggest(party);
    const { trouble } = this.page;
    const others = party.clashes.map(({ party_id: id }) => this.parties.find((other) => other.id === id)?.name ?? "?");
    const step = (key, name) => button(key, () => this.on.act(`parties/${party.id}/steps`, { step: name }));
    const held = party.deposit_held_minor || party.deposit_asked_minor;
    return [
      element("h2", { tabindex: "-1" }, party.name),
      element("p", { class: "panel-facts figure" }, [sayCount("guests", party.covers), ...this.#facts(party, now), party.phone, party.pager && say("pager", { number: party.pager })].filter(Boolean).join(" · ")),
      party.note && element("p", { class: "notice" }, party.note),
      others.length > 0 && element("p", { class: "notice is-bad" }, say("clash_why", { names: others.join(", ") })),
      held > 0 && element("p", { class: "panel-facts" }, this.#deposit(party)),
      trouble && element("p", { class: "notice is-bad", role: "alert" }, trouble),
      ...this.#keeping(party),
      element("h3", {}, say("seat_at")),
      element("p", { class: "soft" }, say(this.suggested.length ? "seat_hint" : "seat_none")),
      element("ol", { class: "door-suggested" }, ...this.suggested.map((found, place) => this.#suggestion(party, found, place))),
      element(
        "div",
        { class: "panel-actions" },
        party.state !== "waiting" && step("arrived", "arrived"),
        party.state === "waiting" && !party.told_at && step("tell", "told"),
        party.state !== "no_show" && step("no_show", "no_show"),
        step("cancel", "cancelled"),
      ),
    ].filter(Boolean);
  }

  #keeping(party) {
    if (!party.reserved_for || party.state === "waiting") return [];
    const keep = (ids) => () => this.on.act(`parties/${party.id}`, { table_ids: ids }, "PATCH");
    const kept = party.table_ids.length > 0;
    return [
      element("h3", {}, say("keep")),
      element(
        "div",
        { class: "door-keep" },
        ...this.keepable.map((found) =>
          element("button", { type: "button", class: "button", onclick: keep(found.table_ids) }, found.labels.join(" + "))),
        kept && button("keep_none", keep([])),
      ),
      !this.keepable.length && !kept && element("p", { class: "soft" }, say("keep_hint")),
    ].filter(Boolean);
  }

  #deposit(party) {
    const currency = this.page.root.dataset.currency;
    const amount = (minor) => money(minor, currency, this.page.locale);
    if (party.deposit_held_minor) return say("deposit_held", { amount: amount(party.deposit_held_minor) });
    return say("deposit_asked", { amount: amount(party.deposit_asked_minor) });
  }

  #suggestion(party, found, place) {
    const until = found.until ? say("free_until", { time: this.page.timeOfDay(Date.parse(found.until)) }) : "";
    const words = [sayCount("seats", found.seats), until].filter(Boolean).join(" · ");
    return element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: "button door-seat", onclick: () => this.seat(party.id, found.table_ids) },
        element("kbd", {}, String(place + 1)),
        element("strong", {}, say("table", { table: found.labels.join(" + ") })),
        element("span", { class: "soft" }, words),
      ),
    );
  }

  async #suggest(party) {
    const { id, covers, area_id: area, state, reserved_for: hour } = party;
    const asked = JSON.stringify([id, covers, area, state, hour, party.table_ids]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    const query = new URLSearchParams({ covers, party_id: id, ...(area ? { area_id: area } : {}) });
    const path = `${this.page.api}/table-suggestions?${query}`;
    try {
      const { items } = await ask(path);
      const then = hour ? await ask(`${path}&at=${encodeURIComponent(hour)}`) : { items: [] };
      if (asked !== this.#asked) return;
      const mine = String(party.table_ids);
      [this.suggested, this.keepable] = [items, then.items.filter((found) => String([...found.table_ids].sort()) !== mine)];
    } catch (error) {
      this.page.trouble = error.message;
    }
    this.on.paint();
  }

  /** Seats a party; answers whether it sits. */
  async seat(id, tableIds) {
    const seated = await this.on.act(`parties/${id}/seatings`, { table_ids: tableIds });
    if (seated) this.choose(null);
  }

  /** Seats by the number of a suggestion; answers whether there is one. */
  pick(number) {
    const found = this.isSeating ? this.suggested[number - 1] : null;
    if (found) this.seat(this.chosen, found.table_ids);
    return Boolean(found);
  }

  #newView() {
    const { zone, clock, trouble } = this.page;
    const field = (key, name, extra = {}) => element("label", { class: "field" }, say(key), element("input", { name, autocomplete: "off", ...extra }));
    const soon = Math.ceil((clock.now() + HOUR_MS) / (HOUR_MS / 4)) * (HOUR_MS / 4);
    const hour = element("input", { type: "datetime-local", name: "hour", value: localText(soon, zone), disabled: true });
    const reserves = element("input", { type: "checkbox", name: "reserves", onchange: () => change() });
    const areas = [["", say("any_area")], ...this.on.areas().map((area) => [area.id, area.name])];
    const asksHour = element("label", { class: "field", hidden: true }, say("hour"), hour);
    const quote = element("p", { class: "door-quote figure", role: "status" });
    const form = element(
      "form",
      { class: "panel-form" },
      field("party_name", "name", { required: true, maxlength: 120 }),
      field("guests_label", "covers", { type: "number", min: 1, max: 999, value: 2, inputmode: "numeric", required: true }),
      quote,
      element("label", { class: "field" }, say("area_wished"), element("select", { name: "area" }, ...areas.map(([value, text]) => element("option", { value }, text)))),
      field("phone", "phone", { type: "tel", maxlength: 40 }),
      field("pager_given", "pager", { inputmode: "numeric", pattern: "[0-9]*", maxlength: 10 }),
      field("note", "note", { maxlength: 200 }),
      element("label", { class: "door-check" }, reserves, say("reserves")),
      asksHour,
      element("button", { class: "button is-primary" }, say("add_party")),
    );
    const change = () => {
      hour.disabled = asksHour.hidden = !reserves.checked;
      this.#quote(form, quote);
    };
    form.covers.addEventListener("input", change);
    form.area.addEventListener("change", change);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add(form);
    });
    this.#quote(form, quote);
    return [
      element("h2", { tabindex: "-1" }, say("new_party")),
      trouble && element("p", { class: "notice is-bad", role: "alert" }, trouble),
      form,
    ].filter(Boolean);
  }

  async #quote(form, shown) {
    const covers = Number(form.covers.value);
    if (form.reserves.checked || !(covers >= 1)) {
      setText(shown, "");
      return;
    }
    const query = new URLSearchParams({ covers, ...(form.area.value ? { area_id: form.area.value } : {}) });
    try {
      const { minutes } = await ask(`${this.page.api}/parties/quote?${query}`);
      if (Number(form.covers.value) !== covers) return;
      setText(shown, minutes === null ? say("quote_none") : minutes ? say("quote", { time: lasting(minutes * 60_000) }) : say("quote_now"));
    } catch (error) {
      setText(shown, error.message);
    }
  }

  async #add(form) {
    const party = { name: form.name.value, covers: Number(form.covers.value) };
    for (const name of ["phone", "pager", "note"]) if (form[name].value) party[name] = form[name].value;
    if (form.area.value) party.area_id = form.area.value;
    if (form.reserves.checked) party.reserved_for = new Date(momentOf(form.hour.value, this.page.zone)).toISOString();
    const made = await this.on.act("parties", party);
    if (made) this.choose(party.reserved_for ? null : made.id);
  }
}
