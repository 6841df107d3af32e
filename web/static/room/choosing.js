// What is chosen of an item, and what one then costs. Pure: the menu and choices in, an answer out; the node reckons alike
// (hospitality/menu/composing.py) and has the last word.
//
// A choice is {option_id, quantity, options}, as it is sent; `options` are of what the option leads to, or of the item that
// it brings.

/** The menu with its parts at hand by id. */
export function indexed(menu) {
  const byId = (list) => new Map(list.map((one) => [one.id, one]));
  const groups = byId(menu.groups);
  const options = new Map();
  for (const group of menu.groups) for (const option of group.options) options.set(option.id, { ...option, group });
  return { ...menu, items: byId(menu.items), groups, options };
}

/** The groups of which something is chosen once an option is taken. */
export function groupsUnder(menu, option) {
  const brought = option.menu_item_id ? menu.items.get(option.menu_item_id) : null;
  const ids = option.menu_item_id ? (brought?.group_ids ?? []) : option.group_ids;
  return ids.map((id) => menu.groups.get(id)).filter(Boolean);
}

/** Whether an option can't be had: the item that it brings is sold out, or not here. */
export function isGone(menu, option) {
  return Boolean(option.menu_item_id) && (menu.items.get(option.menu_item_id)?.sold_out ?? true);
}

/** What is chosen before anybody chose: what goes with it by itself, and a choice that is none. */
export function firstChoices(menu, groups) {
  return groups.flatMap((group) => {
    const there = group.options.filter((option) => !isGone(menu, option));
    const only = group.choices_min === 1 && group.choices_max === 1 && there.length === 1;
    const taken = there.filter((option) => option.preset || only);
    return taken.map((option) => chosen(menu, option));
  });
}

function chosen(menu, option) {
  return { option_id: option.id, quantity: 1, options: firstChoices(menu, groupsUnder(menu, option)) };
}

/** How many are taken of a group. */
export function countOf(group, choices) {
  return choices.filter((one) => ofGroup(group, one)).reduce((sum, one) => sum + one.quantity, 0);
}

function ofGroup(group, choice) {
  return group.options.some((option) => option.id === choice.option_id);
}

/** The choices after so many of an option are taken; of a group of one, it stands in for the other. */
export function withChoice(menu, choices, group, option, quantity) {
  const known = choices.find((one) => one.option_id === option.id);
  const single = group.choices_max === 1;
  const others = choices.filter((one) => one !== known && !(single && quantity && ofGroup(group, one)));
  if (quantity === 0) return others;
  const room = group.choices_max - countOf(group, others);
  const next = Math.min(quantity, room);
  if (next < 1) return choices;
  return [...others, { ...(known ?? chosen(menu, option)), quantity: next }];
}

/** The groups that want more, in the order in which they are asked. */
export function missing(menu, groups, choices) {
  return groups.flatMap((group) => {
    const mine = choices.filter((one) => ofGroup(group, one));
    const under = mine.flatMap((one) => missing(menu, groupsUnder(menu, menu.options.get(one.option_id)), one.options));
    return countOf(group, choices) < group.choices_min ? [group, ...under] : under;
  });
}

/** What one costs with these choices; null where the menu has one of them no more. */
export function priceOf(menu, itemId, choices) {
  const item = menu.items.get(itemId);
  const added = item ? addedBy(menu, choices) : null;
  return added === null ? null : item.price_minor + added;
}

function addedBy(menu, choices) {
  let sum = 0;
  for (const choice of choices) {
    const option = menu.options.get(choice.option_id);
    const under = option ? addedBy(menu, choice.options) : null;
    if (under === null) return null;
    sum += choice.quantity * (option.price_delta_minor + under);
  }
  return sum;
}

/** The choices as they are sent: a preset that was left out is said so, unless another stands in for it. */
export function sent(menu, groups, choices) {
  const said = choices.map((one) => ({
    ...one,
    options: sent(menu, groupsUnder(menu, menu.options.get(one.option_id)), one.options),
  }));
  const left = groups.flatMap((group) => {
    const replaced = group.choices_max === 1 && countOf(group, choices) > 0;
    const out = (option) => option.preset && !choices.some((one) => one.option_id === option.id);
    return replaced ? [] : group.options.filter(out).map((option) => ({ option_id: option.id, quantity: 0, options: [] }));
  });
  return [...said, ...left];
}

/** What was chosen in words, as "2 × Chips". */
export function wordsOf(menu, choices) {
  return choices.flatMap((choice) => {
    const name = menu.options.get(choice.option_id)?.name;
    if (!name || choice.quantity === 0) return [];
    return [choice.quantity > 1 ? `${choice.quantity} × ${name}` : name, ...wordsOf(menu, choice.options)];
  });
}

/** Whether anything of it can't be had now: sold out, or on the menu no more. */
export function cantBeHad(menu, line) {
  const item = menu.items.get(line.menu_item_id);
  return !item || item.sold_out || !item.served || anyGone(menu, line.options);
}

function anyGone(menu, choices) {
  return choices.some((choice) => {
    const option = menu.options.get(choice.option_id);
    return !option || (choice.quantity > 0 && isGone(menu, option)) || anyGone(menu, choice.options);
  });
}
