// Cards taken offline: what the house risks on them, and what became of each.

import { element, setText } from "../dom.js";
import { keyed, minorOf, money } from "../staff/words.js";
import { say } from "../texts.js";

const LIMITS = ["card", "day", "total"].map((limit) => `offline_${limit}_minor`);
const TONE = { confirmed: "is-good", lost: "is-bad" };

export class Cards {
  chosen = null; // a card's id
  #cards = [];
  #rules = null;
  #shows = "";

  /** on: {limits(changes), tell(card, outcome, reason), open()} */
  constructor(page, list, on) {
    Object.assign(this, { page, list, on });
    this.currency = page.root.dataset.currency;
  }

  take(rules, open, newest) {
    this.#rules = rules;
    const known = new Map([...open.items, ...newest.items].map((card) => [card.id, card]));
    const waits = (card) => (card.outcome ? 1 : 0);
    this.#cards = [...known.values()].sort((one, other) => waits(one) - waits(other) || other.at.localeCompare(one.at));
  }

  get card() {
    return this.#cards.find((card) => card.id === this.chosen) ?? null;
  }

  get waiting() {
    return this.#cards.filter((card) => !card.outcome);
  }

  paint(mayManage) {
    const shows = JSON.stringify([this.#rules, this.#cards, this.chosen, mayManage]);
    if (shows === this.#shows || !this.#rules || this.list.querySelector("input:focus")) return;
    this.#shows = shows;
    this.list.replaceChildren(this.#limits(mayManage), element("h2", {}, say("cards_taken")),
      this.#cards.length ? element("ul", { class: "rule-list" }, ...this.#cards.map((card) => this.#row(card))) : element("p", { class: "soft" }, say("cards_none")));
  }

  #money(minor) {
    return money(minor, this.currency, this.page.locale);
  }

  #limits(mayManage) {
    const risked = this.waiting.reduce((sum, card) => sum + card.at_risk_minor, 0);
    const inputs = LIMITS.map((name) => element("input", {
      name, type: "text", inputmode: "decimal", autocomplete: "off", class: "figure", value: keyed(this.#rules[name], this.currency, this.page.locale),
    }));
    const submit = (event) => {
      event.preventDefault();
      document.activeElement?.blur();
      const keyedIn = inputs.map((input) => [input.name, minorOf(input.value, this.currency)]);
      const wrong = inputs.find((input) => minorOf(input.value, this.currency) === null);
      if (wrong) wrong.setAttribute("aria-invalid", "true");
      else this.on.limits(Object.fromEntries(keyedIn));
    };
    return element("form", { class: "limits", novalidate: true, onsubmit: submit },
      element("h2", {}, say("limits")), element("p", { class: "soft" }, say("limits_about")),
      element("fieldset", { class: "limit-fields", disabled: !mayManage },
        ...inputs.map((input) => element("label", { class: "field" }, say(`limit_${input.name.slice("offline_".length)}`), input))),
      element("p", { class: "figure" }, element("strong", {}, say("at_risk", { amount: this.#money(risked), limit: this.#money(this.#rules.offline_total_minor) }))),
      element("p", { class: "field-error", role: "alert", data: { limits: "trouble" } }),
      mayManage ? element("button", { type: "submit", class: "button is-primary" }, say("save")) : element("p", { class: "soft" }, say("limits_looking")));
  }

  #row(card) {
    const at = Date.parse(card.at);
    const day = new Intl.DateTimeFormat(this.page.locale, { day: "numeric", month: "short", timeZone: this.page.zone }).format(at);
    const facts = [`${day} ${this.page.timeOfDay(at)}`, say(`way_${card.way}`), card.reference, card.over && say(`over_${card.over}`)];
    const state = card.outcome ?? "waiting";
    return element("li", { class: "rule", data: { card: card.id, state: card.outcome ? "off" : "waiting" } },
      element("button", { type: "button", class: "rule-open", "aria-pressed": String(card.id === this.chosen), onclick: () => this.on.open(card.id) },
        element("span", { class: "rule-name" }, element("strong", {}, `${say("card_order", { number: card.order_number })} · `, element("span", { class: "figure" }, money(card.amount_minor, card.currency, this.page.locale))),
          element("span", { class: `state ${TONE[state] ?? "is-warn"}` }, say(`card_${state}`))),
        element("span", { class: "soft figure" }, facts.filter(Boolean).join(" · "))));
  }

  /** What stands in the panel for the card chosen. */
  parts() {
    const { card } = this;
    const trouble = element("p", { class: "field-error", role: "alert", hidden: true });
    this.refuse = (sentence) => {
      setText(trouble, sentence);
      trouble.hidden = !sentence;
    };
    const head = [element("h2", { tabindex: "-1" }, say("card_order", { number: card.order_number })),
      element("p", { class: "panel-due figure" }, money(card.amount_minor, card.currency, this.page.locale))];
    if (card.outcome) return [...head, element("p", {}, say(`card_${card.outcome}`))];
    const reason = element("input", { name: "reason", maxlength: 200, autocomplete: "off" });
    const tell = (outcome, extra) => element("button", { type: "button", class: `button ${extra}`, data: { do: outcome }, onclick: () => this.on.tell(card, outcome, reason.value) }, say(`tell_${outcome}`));
    return [...head, element("div", { class: "panel-form" }, element("h3", {}, say("tell")), element("label", { class: "field" }, say("tell_reason"), reason), trouble,
      tell("confirmed", "is-primary"), tell("lost", "is-danger"))];
  }

  refuseLimits(sentence) {
    setText(this.list.querySelector("[data-limits=trouble]"), sentence);
  }
}
