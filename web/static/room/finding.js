// Finds what a guest means, also mistyped: each word that was typed must be near a word of the name, the heading or the
// description. Pure: items and letters in, items in order of fit out.

const FAR = Infinity;

/** Small letters without accents. */
export function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").toLowerCase();
}

/** The items that fit, best first, of {name, heading, description}; all of them when nothing is typed. */
export function found(items, typed) {
  const wanted = wordsIn(typed);
  if (!wanted.length) return items;
  return items
    .map((item) => ({ item, far: distance(wanted, item) }))
    .filter(({ far }) => far < FAR)
    .sort((one, other) => one.far - other.far)
    .map(({ item }) => item);
}

function wordsIn(text) {
  return plain(text ?? "").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function distance(wanted, item) {
  const fields = [wordsIn(item.name), wordsIn(item.heading), wordsIn(item.description)];
  return wanted.reduce((sum, word) => sum + Math.min(...fields.map((words, place) => nearest(word, words) + place)), 0);
}

function nearest(word, words) {
  return Math.min(FAR, ...words.map((other) => far(word, other)));
}

/** 0 where a word begins so, 1 where it holds it, more the more letters are wrong; longer words may have two. */
function far(word, other) {
  if (other.startsWith(word)) return 0;
  if (word.length > 2 && other.includes(word)) return 1;
  const most = word.length < 4 ? 0 : word.length < 7 ? 1 : 2;
  if (!most) return FAR;
  // what is typed may be the beginning of a longer word
  const lengths = [...Array(2 * most + 1).keys()].map((step) => word.length - most + step);
  const least = Math.min(...lengths.map((length) => edits(word, other.slice(0, length))));
  return least <= most ? 2 * least : FAR;
}

/** How many letters are left out, put in, wrong or swapped between two words. */
export function edits(one, other) {
  let [before, above] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= one.length; row += 1) {
    const here = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const wrong = one[row - 1] === other[at - 1] ? 0 : 1;
      here[at] = Math.min(above[at] + 1, here[at - 1] + 1, above[at - 1] + wrong);
      const swapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      if (swapped) here[at] = Math.min(here[at], before[at - 2] + 1);
    }
    [before, above] = [above, here];
  }
  return above[other.length];
}
