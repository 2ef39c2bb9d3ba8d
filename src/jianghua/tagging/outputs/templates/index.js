"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const { words } = JSON.parse($("#data").textContent);
  const body = $("#table tbody");
  if (!body) return;
  const rows = all("tr", body).map((node) => ({ node, name: $("a", node).textContent.toLowerCase() }));

  $("#search").addEventListener("submit", (event) => event.preventDefault());
  $("#query").addEventListener("input", () => {
    const typed = $("#query").value.trim().toLowerCase();
    for (const row of rows) row.node.hidden = !row.name.includes(typed);
    const shown = rows.filter((row) => !row.node.hidden).length;
    $("#said").textContent = typed ? words.said_files.replace("{shown}", shown).replace("{files}", rows.length) : "";
  });

  // names from a to z first, numbers from the greatest; a second click turns the order round
  const valueOf = (row, column) => (column ? Number(row.node.cells[column].dataset.value) : row.name);
  for (const button of all(".sort")) {
    button.addEventListener("click", () => {
      const column = Number(button.dataset.column);
      const head = button.closest("th");
      const was = head.getAttribute("aria-sort");
      const up = was ? was === "descending" : column === 0;
      for (const other of all("[aria-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      rows.sort((a, b) => {
        const [x, y] = [valueOf(a, column), valueOf(b, column)];
        return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
      });
      body.append(...rows.map((row) => row.node));
    });
  }
})();
