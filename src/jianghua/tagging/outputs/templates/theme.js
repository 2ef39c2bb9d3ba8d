"use strict";
(() => { // light or dark: as the system has it until the reader chooses
  const KEY = "jianghua:theme";
  const root = document.documentElement;
  const set = (theme) => { if (theme === "light" || theme === "dark") root.dataset.theme = theme; };
  try { set(localStorage.getItem(KEY)); } catch { /* refused: the system's */ }
  document.querySelector("#theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    set(dark ? "light" : "dark");
    try { localStorage.setItem(KEY, root.dataset.theme); } catch { /* refused: until the page closes */ }
  });
})();
