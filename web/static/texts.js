// Texts come translated from the server in a JSON block: <script type="application/json" id="texts">.

const block = document.getElementById("texts");
const texts = block ? JSON.parse(block.textContent) : {};

/** The text called `key`, with {name} filled from `values`. A missing key shows itself, and fails the tests. */
export function say(key, values = {}) {
  const text = texts[key];
  if (typeof text !== "string") return `⟦${key}⟧`;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The text called `key`, or `otherwise` where a newer head office names what this release has no word for. */
export function sayKnown(key, otherwise) {
  return typeof texts[key] === "string" ? texts[key] : otherwise;
}

const plural = new Intl.PluralRules(document.documentElement.lang || "en");

/** The form of `key` that fits `count` things; {count} is filled in. */
export function sayCount(key, count) {
  return say(`${key}_${plural.select(count)}`, { count });
}

/** A list of words, for texts that are matched rather than shown. */
export function words(key) {
  return Array.isArray(texts[key]) ? texts[key] : [];
}
