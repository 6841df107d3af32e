// Turns presses into intentions: a tap on a card, a long hold, the keys, a bump bar's. A wipe across the glass is no tap.

const WANDER_MAX_PX = 24;
const HOLD_MS = 650;

/**
 * on: {act(id, lineId), start(id), recall(), turn(by), move(direction), digit(key), lines(), enter(), leave()}. `area`
 * holds the cards; `enter` and `leave` answer whether they were meant. Answers a function that takes a bump bar's key.
 */
export function listen(area, on) {
  let down = null;

  const cancel = () => {
    clearTimeout(down?.timer);
    down?.card.classList.remove("is-pressed");
    down?.line?.classList.remove("is-pressed");
    down = null;
  };

  area.addEventListener("pointerdown", (event) => {
    cancel();
    const card = event.target.closest(".card");
    if (!card || event.button !== 0) return;
    card.classList.add("is-pressed");
    const line = event.target.closest(".line");
    line?.classList.add("is-pressed");
    down = { card, line, id: card.dataset.ticket, x: event.clientX, y: event.clientY };
    down.timer = setTimeout(() => {
      const { id } = down;
      cancel();
      on.start(id);
    }, HOLD_MS);
  });
  area.addEventListener("pointermove", (event) => {
    if (down && Math.hypot(event.clientX - down.x, event.clientY - down.y) > WANDER_MAX_PX) cancel();
  });
  area.addEventListener("pointerup", () => {
    if (!down) return;
    const { id, line } = down;
    cancel();
    on.act(id, line?.dataset.line ?? null);
  });
  window.addEventListener("pointercancel", cancel);
  area.addEventListener("contextmenu", (event) => event.preventDefault());
  // Enter, Space or a screen reader's press on the card's head: a click without a pointer.
  area.addEventListener("click", (event) => {
    const card = event.target.closest(".card");
    if (card && event.detail === 0) on.act(card.dataset.ticket);
  });

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return; // its own keys
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (press(event.key, on)) event.preventDefault();
  });

  return (key) => {
    if (document.querySelector("dialog[open]")) return;
    // A browser clicks the card under the focus by itself; a bar's Enter comes from elsewhere.
    if (!press(key, on) && key === "Enter") on.act(document.activeElement?.closest(".card")?.dataset.ticket);
  };
}

const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

function press(key, on) {
  if (key >= "0" && key <= "9" && key.length === 1) on.digit(key);
  else if (key in ARROWS) on.move(ARROWS[key]);
  else if (key === "r" || key === "R") on.recall();
  else if (key === "i" || key === "I") on.lines();
  else if (key === "Enter") return on.enter();
  else if (key === "Escape") return on.leave();
  else if (key === "s" || key === "S") on.start(null);
  else if (key === "PageDown") on.turn(1);
  else if (key === "PageUp") on.turn(-1);
  else return false;
  return true;
}
