// Light or dark: what the person chose on this screen, else what the system says. A classic script in the head,
// because it must have run before the first paint.
(() => {
  const KEY = "buffr-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  function choice() {
    try {
      return localStorage.getItem(KEY) ?? "system";
    } catch {
      return "system"; // storage is closed to us: the system decides
    }
  }

  function apply() {
    const chosen = choice();
    root.dataset.themeChoice = chosen;
    root.dataset.theme = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
  }

  function choose(next) {
    try {
      localStorage.setItem(KEY, next);
    } catch {
      return;
    }
    apply();
    document.dispatchEvent(new CustomEvent("theme", { detail: next }));
  }

  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    const order = ["system", "light", "dark"];
    choose(order[(order.indexOf(choice()) + 1) % order.length]);
  });
})();
