// What a rule does, in a sentence. It tells what the rule says; what that comes to, the node decides.

import { keyed, money } from "../staff/words.js";
import { say, sayCount } from "../texts.js";

const LISTED_MAX = 4;
const WHOLE_BP = 10_000;
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

export class Words {
  #menu = null;
  #names = { item: new Map(), category: new Map(), area: new Map(), station: new Map(), period: new Map() };

  constructor({ locale, currency }) {
    Object.assign(this, { locale, currency });
    this.list = new Intl.ListFormat(locale, { type: "conjunction" });
    this.number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, useGrouping: false });
    this.part = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
    this.day = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  }

  /** menu: what the node said of rules and what they can name. */
  take(menu) {
    this.#menu = menu;
    const named = { item: menu.items, category: menu.categories, area: menu.areas, station: menu.stations, period: menu.serving_periods };
    for (const [what, all] of Object.entries(named)) this.#names[what] = new Map(all.map((one) => [one.id, one.name]));
  }

  name(what, id) {
    return this.#names[what].get(id) ?? say("nothing_yet");
  }

  money(minor) {
    return minor === null ? say("nothing_yet") : money(minor, this.currency, this.locale);
  }

  percent(bp) {
    return bp === null ? say("nothing_yet") : this.part.format(bp / WHOLE_BP);
  }

  /** An amount as it is keyed in. */
  keyedMoney(minor) {
    return keyed(minor, this.currency, this.locale);
  }

  /** Basis points as a percentage is keyed in. */
  keyedPercent(bp) {
    return this.number.format(bp / 100);
  }

  weekday(name) {
    return this.day.format(MONDAY + DAY_MS * this.#menu.weekdays.indexOf(name));
  }

  /** What a rule says, of that kind: "20 % off all of Cocktails, Mon–Fri 17:00–19:00, in Bar". */
  sentence(kind, rule) {
    const where = [
      rule.area_id && say("in_area", { area: this.name("area", rule.area_id) }),
      rule.channel && say("by_channel", { channel: say(`channel_${rule.channel}`) }),
      rule.period_ids?.length && say("in_periods", { periods: this.list.format(rule.period_ids.map((id) => this.name("period", id))) }),
    ];
    const within = rule.period_ids?.length && rule.from_time === rule.to_time && !this.days(rule.weekdays);
    const said = [this.#does[kind](rule), within ? "" : this.hours(rule), ...where].filter(Boolean).join(", ");
    return said.charAt(0).toLocaleUpperCase(this.locale) + said.slice(1);
  }

  #does = {
    prices: (rule) => {
      const what = this.about(rule);
      if (rule.price_minor !== null) return say("says_price", { what, price: this.money(rule.price_minor) });
      if (rule.percent_bp === WHOLE_BP) return say("says_same", { what });
      const more = (rule.percent_bp ?? 0) > WHOLE_BP;
      const percent = rule.percent_bp === null ? say("nothing_yet") : this.percent(Math.abs(WHOLE_BP - rule.percent_bp));
      return say(more ? "says_more" : "says_off", { what, percent });
    },
    routes: (rule) => say("says_route", { station: this.name("station", rule.station_id), what: this.about(rule) || say("everything") }),
    periods: (rule) => (rule.item_ids.length + rule.category_ids.length ? say("says_period", { what: this.about(rule) }) : say("says_period_empty")),
    promotions: (rule) => {
      const [what, from, amount] = [this.about(rule), this.money(rule.from_minor), this.money(rule.amount_minor)];
      if (rule.kind === "order_percent") return say("says_order_percent", { percent: this.percent(rule.percent_bp), from });
      if (rule.kind === "order_amount") return say("says_order_amount", { amount, from });
      if (rule.kind === "amount") return say("says_amount", { amount, what });
      if (rule.kind === "free") return say("says_free", { what, buy: rule.buy ?? say("nothing_yet"), free: rule.free ?? say("nothing_yet") });
      return say("says_off", { percent: this.percent(rule.percent_bp), what });
    },
  };

  /** What a rule is about: an item, "all of Drinks", several of such; of a route about all that is sold, nothing. */
  about(rule) {
    const headings = rule.category_ids ?? [rule.category_id].filter(Boolean);
    const items = rule.item_ids ?? [rule.menu_item_id].filter(Boolean);
    const names = [
      ...headings.map((id) => say("all_of", { heading: this.name("category", id) })),
      ...items.map((id) => this.name("item", id)),
    ];
    if (!names.length) return "station_id" in rule ? "" : say("nothing_yet");
    const more = names.length - LISTED_MAX;
    return this.list.format(more > 1 ? [...names.slice(0, LISTED_MAX), sayCount("more", more)] : names);
  }

  hours(rule) {
    const days = this.days(rule.weekdays);
    const hours = `${rule.from_time}–${rule.to_time}`;
    if (rule.from_time === rule.to_time) return days ? say("all_day", { days }) : say("at_all_times");
    return days ? say("on_days", { days, hours }) : say("every_day", { hours });
  }

  /** Weekdays with those in a row as "Mon–Fri"; none for every day. */
  days(names) {
    const week = this.#menu.weekdays;
    const on = week.map((name) => names.includes(name));
    if (on.every((one) => one === on[0])) return "";
    const runs = [];
    on.forEach((is, at) => {
      if (!is) return;
      if (at && on[at - 1]) runs.at(-1).push(week[at]);
      else runs.push([week[at]]);
    });
    const words = runs.flatMap((run) =>
      run.length > 2 ? [`${this.weekday(run[0])}–${this.weekday(run.at(-1))}`] : run.map((name) => this.weekday(name)));
    return words.join(", ");
  }
}
