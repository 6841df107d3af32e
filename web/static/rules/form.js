// The one form for all kinds of rules. What was changed is sent, with the version that its author saw; a refusal is shown at
// the field that it is about, and what somebody else changed meanwhile is shown before anything is overwritten.

import { element, setText } from "../dom.js";
import { say } from "../texts.js";
import { PARTS, slot } from "./fields.js";
import { KINDS, changes, sent } from "./kinds.js";

const button = (key, onclick, extra = {}) =>
  element("button", { type: "button", class: "button", data: { do: key }, onclick, ...extra }, say(key));

export class RuleForm {
  #sure = false;

  /** rule: as the node listed it, null for a new one; on: {save(changes, version), remove(version), refill()}. */
  constructor({ kind, rule, menu, words, mayEdit, on }) {
    Object.assign(this, { kind, rule, menu, words, mayEdit, on });
    this.base = rule ? sent(kind, rule) : structuredClone(KINDS[kind].fresh);
    this.draft = structuredClone(this.base);
    this.notice = element("div", { class: "notice is-warn", role: "alert", hidden: true });
    this.says = element("p", { class: "rule-says", role: "status" });
    this.trouble = element("p", { class: "field-error", role: "alert", hidden: true });
  }

  get isNew() {
    return this.rule === null;
  }

  get isTouched() {
    return Object.keys(changes(this.draft, this.base)).length > 0;
  }

  /** What stands in the panel. */
  parts() {
    const title = element("h2", { tabindex: "-1" }, this.isNew ? say(`add_${this.kind}`) : this.rule.name);
    this.form = element("form", { class: "rule-form", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      this.#save();
    } }, element("fieldset", { class: "rule-fields", disabled: !this.mayEdit }, ...this.#fields()), this.trouble, this.#foot());
    this.#paint();
    return [title, this.says, this.notice, this.form];
  }

  #fields() {
    const form = { ...this, isNew: this.isNew, draft: this.draft, on: {
      change: (change) => this.#change(change),
      rekind: (kind) => {
        this.#change({ ...KINDS[this.kind].fresh, ...this.draft, ...this.#without(kind), kind });
        this.on.refill();
      },
    } };
    const name = element("input", { name: "name", value: this.draft.name, maxlength: 120, autocomplete: "off", oninput: ({ target }) => this.#change({ name: target.value }) });
    const parts = KINDS[this.kind].parts.map((part) => PARTS[part](form));
    return [slot(["name"], element("label", { class: "field" }, say("name"), name)), ...parts].filter(Boolean);
  }

  /** What another kind of promotion does not say. */
  #without(kind) {
    const terms = new Set(Object.values(this.menu.kinds).flat());
    const gone = [...terms].filter((term) => !this.menu.kinds[kind].includes(term)).map((term) => [term, null]);
    const named = this.menu.kinds[kind].includes("from_minor") ? { item_ids: [], category_ids: [] } : {};
    return { ...Object.fromEntries(gone), ...named };
  }

  #foot() {
    if (!this.mayEdit) return element("p", { class: "soft" }, say("only_looking"));
    this.remove = element("div", { class: "rule-remove" });
    const turn = this.rule && button(this.rule.active ? "switch_off" : "switch_on", () => this.#save({ active: !this.rule.active }));
    return element("div", { class: "panel-form" }, button("save", null, { type: "submit", class: "button is-primary" }), turn, this.rule && this.remove);
  }

  #change(change) {
    Object.assign(this.draft, change);
    this.#paint();
  }

  #paint() {
    setText(this.says, this.words.sentence(this.kind, this.draft));
    this.remove?.replaceChildren(...(this.#sure
      ? [element("p", {}, say("remove_about")), button("remove_sure", () => this.on.remove(this.rule.version), { class: "button is-danger" })]
      : [button("remove", () => {
          this.#sure = true;
          this.#paint();
          this.remove.querySelector("button").focus();
        })]));
  }

  #save(more = {}) {
    if (this.isNew) this.on.save(this.draft, null);
    else this.on.save({ ...changes(this.draft, this.base), ...more }, this.rule.version);
  }

  /** Shows why the node refused, at the field that it names: {code, field}, and its sentence; none takes it away. */
  refuse(refusal, sentence) {
    const slots = [...this.form.querySelectorAll("[data-fields]")];
    const wrong = sentence && refusal?.field ? slots.find((one) => one.dataset.fields.split(" ").includes(refusal.field)) : null;
    for (const one of slots) this.#mark(one, one === wrong ? sentence : "");
    const rest = wrong || refusal?.code === "RULE_CHANGED" ? "" : sentence;
    setText(this.trouble, rest);
    this.trouble.hidden = !rest;
    const input = wrong?.querySelector("input") ?? wrong?.querySelector("select, button");
    (input ?? (rest ? this.trouble : null))?.scrollIntoView({ block: "center" });
    input?.focus();
  }

  #mark(part, sentence) {
    const told = part.querySelector(":scope > .field-error");
    setText(told, sentence);
    told.hidden = !sentence;
    for (const input of part.querySelectorAll("input, select")) {
      if (sentence) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }

  /** The rule is another one now: shown at once where nothing was keyed in, else asked; null: it was removed. */
  meet(now) {
    if (this.isNew || now?.version === this.rule.version) return;
    if (now && !this.isTouched) {
      this.#begin(now, {});
      return;
    }
    const mine = changes(this.draft, this.base);
    this.notice.replaceChildren(...(now
      ? [element("p", {}, say("changed_by_other")), element("p", {}, element("strong", {}, `${now.name}: ${this.words.sentence(this.kind, now)}`)),
          element("div", { class: "row" }, button("take_theirs", () => this.#begin(now, {})), button("keep_mine", () => this.#begin(now, mine)))]
      : [element("p", {}, say("gone_by_other"))]));
    if (this.notice.hidden) this.notice.scrollIntoView({ block: "nearest" });
    this.notice.hidden = false;
  }

  #begin(rule, mine) {
    this.rule = rule;
    this.base = sent(this.kind, rule);
    this.draft = { ...structuredClone(this.base), ...mine };
    this.notice.hidden = true;
    this.#sure = false;
    this.on.refill();
  }
}
