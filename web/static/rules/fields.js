// The parts of which the one form for all rules is made. Each writes what was keyed in into the draft and tells `on.change`.

import { element } from "../dom.js";
import { fractionOf, minorOf } from "../staff/words.js";
import { say } from "../texts.js";
import { Picker, pickable } from "./picker.js";

const WHOLE_BP = 10_000;
const ids = (chosen, what) => chosen.filter((one) => one.what === what).map((one) => one.id);
const picks = (items, categories) => [
  ...categories.map((id) => ({ what: "category", id })), ...items.map((id) => ({ what: "item", id })),
];

/** A part of the form; `fields`: of what is sent, those whose refusals are shown here. */
export function slot(fields, ...children) {
  return element("div", { class: "slot", data: { fields: fields.join(" ") } },
    ...children, element("p", { class: "field-error", role: "alert", hidden: true }));
}

const labelled = (key, input) => element("label", { class: "field" }, say(key), input);
const hint = (key) => element("p", { class: "soft hint" }, say(key));

function options(select, pairs, value) {
  select.replaceChildren(...pairs.map(([key, text]) => element("option", { value: key, selected: key === value }, text)));
  return select;
}

function number(value, onvalue, extra = {}) {
  return element("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", class: "figure", value, ...extra,
    oninput: ({ target }) => onvalue(target.value),
  });
}

/** A whole number as it was keyed in; null where it is none. */
function whole(text) {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

/** A percentage as it was keyed in, in basis points; null where it is none. */
const partOf = (text) => fractionOf(text, 2);

/** What makes each part: (form) → node. form: {draft, menu, words, on, isNew}. */
export const PARTS = {
  about: ({ draft, menu, on }) => slot(["menu_item_id", "category_id"],
    new Picker({
      label: say("about"), hint: say("about_hint"), things: pickable(menu), one: true,
      chosen: picks([draft.menu_item_id].filter(Boolean), [draft.category_id].filter(Boolean)),
      onchange: ([one]) => on.change({
        menu_item_id: one?.what === "item" ? one.id : null, category_id: one?.what === "category" ? one.id : null,
      }),
    }).node,
    "station_id" in draft && hint("about_all")),

  named: (form) => several(form, "about", form.menu),
  served: (form) => several(form, "served", form.menu),

  costs: ({ draft, words, on }) => {
    const mode = draft.price_minor !== null ? "price" : (draft.percent_bp ?? 0) > WHOLE_BP ? "more" : "off";
    const select = options(element("select", {}), ["off", "price", "more"].map((key) => [key, say(`costs_${key}`)]), mode);
    const shown = draft.price_minor !== null ? words.keyedMoney(draft.price_minor)
      : draft.percent_bp === null ? "" : words.keyedPercent(Math.abs(WHOLE_BP - draft.percent_bp));
    const input = number(shown, () => write());
    const write = () => {
      if (select.value === "price") return on.change({ price_minor: minorOf(input.value, words.currency), percent_bp: null });
      const part = partOf(input.value);
      on.change({ price_minor: null, percent_bp: part === null ? null : WHOLE_BP + (select.value === "more" ? part : -part) });
    };
    select.addEventListener("change", () => {
      input.value = "";
      write();
      input.focus();
    });
    return slot(["price_minor", "percent_bp"], element("div", { class: "pair" }, labelled("costs", select), labelled("costs_amount", input)));
  },

  station: ({ draft, menu, on }) => {
    const pairs = [["", say("nothing_yet")], ...menu.stations.map((one) => [one.id, one.name])];
    const select = options(element("select", { onchange: ({ target }) => on.change({ station_id: target.value || null }) }), pairs, draft.station_id ?? "");
    return slot(["station_id"], labelled("station", select));
  },

  kind: ({ draft, menu, on, isNew }) => {
    if (!isNew) return slot(["kind"], element("p", { class: "field" }, say("kind"), element("span", { class: "said" }, say(`kind_${draft.kind}`))), hint("kind_stays"));
    const pairs = Object.keys(menu.kinds).map((kind) => [kind, say(`kind_${kind}`)]);
    const onchange = ({ target }) => on.rekind(target.value);
    return slot(["kind"], labelled("kind", options(element("select", { onchange }), pairs, draft.kind)));
  },

  terms: ({ draft, menu, words, on }) => element("div", { class: "pair" }, ...menu.kinds[draft.kind].map((term) => {
    const isMoney = term.endsWith("_minor");
    const value = draft[term];
    const shown = value === null ? "" : isMoney ? words.keyedMoney(value) : term === "percent_bp" ? words.keyedPercent(value) : String(value);
    const read = (text) => (isMoney ? minorOf(text, words.currency) : term === "percent_bp" ? partOf(text) : whole(text));
    return slot([term], labelled(`term_${term}`, number(shown, (text) => on.change({ [term]: read(text) }))));
  })),

  weekdays: ({ draft, menu, words, on }) => {
    const toggle = (name) => element("button", {
      type: "button", class: "day", "aria-pressed": String(draft.weekdays.includes(name)),
      onclick: ({ currentTarget }) => {
        const pressed = currentTarget.getAttribute("aria-pressed") !== "true";
        currentTarget.setAttribute("aria-pressed", String(pressed));
        on.change({ weekdays: menu.weekdays.filter((one) => (one === name ? pressed : draft.weekdays.includes(one))) });
      },
    }, words.weekday(name));
    return slot(["weekdays"], element("fieldset", { class: "days" }, element("legend", {}, say("weekdays")), ...menu.weekdays.map(toggle)), hint("weekdays_hint"));
  },

  hours: ({ draft, on }) => {
    const time = (name) => slot([name], labelled(name, element("input", {
      type: "time", name, value: draft[name], oninput: ({ target }) => on.change({ [name]: target.value }),
    })));
    return element("div", { class: "slot" }, element("div", { class: "pair" }, time("from_time"), time("to_time")), hint("hours_hint"));
  },

  channel: ({ draft, menu, on }) => {
    const pairs = [["", say("channel_any")], ...menu.channels.map((name) => [name, say(`channel_${name}`)])];
    const onchange = ({ target }) => on.change({ channel: target.value || null });
    return slot(["channel"], labelled("channel", options(element("select", { onchange }), pairs, draft.channel ?? "")));
  },

  area: ({ draft, menu, on }) => {
    const pairs = [["", say("area_any")], ...menu.areas.map((one) => [one.id, one.name])];
    const onchange = ({ target }) => on.change({ area_id: target.value || null });
    return slot(["area_id"], labelled("area", options(element("select", { onchange }), pairs, draft.area_id ?? "")));
  },

  periods: ({ draft, menu, on }) => {
    if (!menu.serving_periods.length) return null;
    const box = ({ id, name }) => element("label", { class: "check" }, element("input", {
      type: "checkbox", checked: draft.period_ids.includes(id),
      onchange: ({ target }) => on.change({ period_ids: target.checked ? [...draft.period_ids, id] : draft.period_ids.filter((one) => one !== id) }),
    }), name);
    return slot(["period_ids"], element("fieldset", { class: "checks" }, element("legend", {}, say("periods")), ...menu.serving_periods.map(box)), hint("periods_hint"));
  },

  priority: ({ draft, on }) => slot(["priority"],
    labelled("priority", number(String(draft.priority), (text) => on.change({ priority: whole(text) ?? text }))), hint("priority_hint")),
};

function several({ draft, on }, label, menu) {
  if (menu.kinds[draft.kind]?.includes("from_minor")) return null; // of the whole order
  return slot(["item_ids", "category_ids"], new Picker({
    label: say(label), hint: say("about_hint"), things: pickable(menu), one: false, chosen: picks(draft.item_ids, draft.category_ids),
    onchange: (chosen) => on.change({ item_ids: ids(chosen, "item"), category_ids: ids(chosen, "category") }),
  }).node);
}
