"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const page = JSON.parse($("#data").textContent);
  const { order, words } = page;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const say = (text) => { $("#said").textContent = text; };

  // what is kept in the browser; every access can be refused (private windows, mail previews)

  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  };
  // by contents, too: other archives have files of the same name, and sentences such as 谢谢大家 are in many of them
  const KEPT = `jianghua:corrections:${page.source}:${page.digest}`;

  // items: everything that the file holds, in order; only paragraphs have a label

  const items = all("main .item").map((node, index) => ({
    node,
    index,
    body: $(".words", node),
    text: $(".words", node).textContent,
    paragraph: "label" in node.dataset,
    level: "level" in node.dataset ? Number(node.dataset.level) : null,
    low: node.classList.contains("low"),
    bars: [],
    hits: [],
  }));
  const paragraphs = items.filter((item) => item.paragraph);
  const byNode = new Map(items.map((item) => [item.node, item]));
  const itemOf = (node) => byNode.get(node.closest(".item"));
  const byId = new Map(items.map((item) => [item.node.id, item]));
  const bars = all("#strip [data-p]");
  for (const bar of bars) {
    const item = byId.get(bar.dataset.p);
    item.bars.push({ bar, label: bar.dataset.f, y: bar.getAttribute("y") });
  }
  const laneOf = (label) => `${(100 * order.indexOf(label)) / order.length}%`;

  // corrections: by fingerprint, as in the files of labels, so that they hold when the file is tagged again

  let corrections = {};
  let keeps = true; // until the browser refuses
  let unsaved = false;
  const proper = (found) => found && order.includes(found.label);
  const readCorrections = () => {
    const found = store.get(KEPT) || {};
    corrections = Object.fromEntries(Object.entries(found).filter(([, correction]) => proper(correction)));
  };
  const correctionOf = (item) => corrections[item.node.dataset.fingerprint];
  const stateOf = (item) => correctionOf(item)
    || { label: item.node.dataset.label, secondary: item.node.dataset.secondary, note: "" };
  const toCheck = (item) => item.low && !correctionOf(item);

  function correct(item, change) {
    const { fingerprint } = item.node.dataset;
    const next = change && { ...stateOf(item), ...change };
    if (next && next.secondary === next.label) next.secondary = "";
    if (keeps) readCorrections(); // another window may have written meanwhile
    if (next) corrections[fingerprint] = next;
    else delete corrections[fingerprint];
    keeps = store.set(KEPT, corrections);
    unsaved = !keeps;
    $("#kept").hidden = keeps;
    for (const same of paragraphs) if (same.node.dataset.fingerprint === fingerprint) draw(same);
    count();
    say(next
      ? fill(words.said_set, { label: page.chinese[next.label], left: paragraphs.filter(toCheck).length })
      : words.said_undone);
  }

  // drawing one paragraph

  function element(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function nameOf(label) {
    const names = [element("span", { class: "zh", lang: "zh" }, page.chinese[label])];
    if (page.lang === "en") names.push(" ", element("span", { class: "en" }, label));
    return names;
  }

  function draw(item) {
    const { node } = item;
    const { label, secondary, note } = stateOf(item);
    const corrected = correctionOf(item);
    const same = label === node.dataset.label && secondary === node.dataset.secondary;
    node.dataset.f = label;
    node.classList.toggle("corrected", Boolean(corrected) && !same);
    node.classList.toggle("checked", Boolean(corrected));
    $(".first", node).replaceChildren(...nameOf(label));
    $(".second", node).replaceChildren(
      ...(secondary ? [element("span", { "data-f": secondary }, "＋", ...nameOf(secondary))] : []));
    const said = corrected ? (same ? `✓ ${words.checked}` : `✎ ${words.corrected}`) : item.low ? words.check : "";
    $(".state", node).replaceChildren(
      ...(said ? [element("span", { class: corrected ? "done" : "flag" }, said)] : []));
    $(".note", node).textContent = note;
    $(".note", node).hidden = !note;
    for (const { bar, label: was, y } of item.bars) {
      bar.dataset.f = corrected && !same ? label : was;
      bar.setAttribute("y", corrected && !same ? laneOf(label) : y);
    }
  }

  function count() {
    const has = (item, label) => [stateOf(item).label, stateOf(item).secondary].includes(label);
    for (const label of order) {
      $(`[data-show="${label}"] .count`).textContent = paragraphs.filter((item) => has(item, label)).length;
    }
    $("#check-count").textContent = paragraphs.filter(toCheck).length;
    $("#corrected-count").textContent = paragraphs.filter(correctionOf).length;
  }

  // filter and search: an item is shown if both want it, a heading also if something below it is shown

  let pattern = null;
  let hits = [];
  let hit = -1;

  function refresh() {
    const wanted = all('.chip[aria-pressed="true"]').map((chip) => chip.dataset.show);
    const labels = wanted.filter((name) => order.includes(name));
    const fits = (item) => {
      if (!item.paragraph) return !wanted.length;
      const { label, secondary } = stateOf(item);
      return (!labels.length || labels.includes(label) || labels.includes(secondary))
        && (!wanted.includes("check") || toCheck(item))
        && (!wanted.includes("corrected") || Boolean(correctionOf(item)));
    };
    for (const item of items) {
      item.hits = pattern ? Array.from(item.text.matchAll(pattern)) : [];
      item.shown = fits(item) && (!pattern || item.hits.length > 0);
    }
    if (wanted.length || pattern) showHeadings();
    for (const item of items) if (item.node.hidden === item.shown) item.node.hidden = !item.shown;
    $("#everything").hidden = !wanted.length && !pattern;
    mark();
    report(wanted);
  }

  function showHeadings() {
    let above = 0; // headings of a smaller level than this are needed
    for (const item of items.slice().reverse()) {
      if (item.level !== null && item.level < above) item.shown = true;
      if (item.shown) above = item.level === null ? Infinity : item.level;
      else if (item.level === 0) above = 0;
    }
  }

  function report(wanted) {
    const shown = paragraphs.filter((item) => item.shown).length;
    const values = { shown, paragraphs: paragraphs.length, hits: hits.length };
    if (!pattern && !wanted.length) say(fill(words.said_all, values));
    else if (pattern && hits.length) {
      say(fill(words.said_hits, { ...values, shown: items.filter((item) => item.shown && item.hits.length).length }));
    } else say(shown ? fill(words.said_some, values) : words.said_nothing);
  }

  // hits are painted by the browser's highlights: the text stays as it is; older browsers mark the paragraph instead

  const paints = Boolean(globalThis.CSS && CSS.highlights && globalThis.Highlight);

  function mark() {
    hits = items.filter((item) => item.shown).flatMap((item) => item.hits.map((found) => ({ item, found })));
    hit = -1;
    $("#hit-back").hidden = $("#hit-on").hidden = !hits.length;
    if (paints) {
      CSS.highlights.set("hit", new Highlight(...hits.slice(0, 5000).map(rangeOf)));
      CSS.highlights.delete("hit-here");
    } else for (const item of items) item.node.classList.toggle("has-hit", item.hits.length > 0);
  }

  function rangeOf({ item, found }) {
    const range = new Range();
    const walker = document.createTreeWalker(item.body, NodeFilter.SHOW_TEXT);
    const end = found.index + found[0].length;
    let at = 0;
    let begun = false;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const next = at + node.length;
      if (!begun && found.index < next) { range.setStart(node, found.index - at); begun = true; }
      if (end <= next) { range.setEnd(node, end - at); break; }
      at = next;
    }
    return range;
  }

  function stepHit(by) {
    if (!hits.length) return;
    hit = (hit + by + hits.length) % hits.length;
    if (paints) CSS.highlights.set("hit-here", new Highlight(rangeOf(hits[hit])));
    choose(hits[hit].item, false);
    say(fill(words.said_hit, { at: hit + 1, hits: hits.length }));
  }

  function search() {
    const typed = $("#query").value.trim();
    pattern = typed ? new RegExp(typed.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi") : null;
    refresh();
  }

  function showEverything() {
    for (const chip of all(".chip")) chip.setAttribute("aria-pressed", "false");
    $("#query").value = "";
    search();
  }

  // the current paragraph

  let current = null;

  function pick(item) {
    if (current) { current.node.classList.remove("current"); current.node.removeAttribute("aria-current"); }
    current = item;
    item.node.classList.add("current");
    item.node.setAttribute("aria-current", "true");
  }

  function choose(item, focus = true) {
    pick(item);
    if (focus) item.node.focus({ preventScroll: true });
    const tall = item.node.offsetHeight > innerHeight * 0.5;
    item.node.scrollIntoView({ block: tall ? "start" : "center" });
  }

  function step(by) {
    const shown = paragraphs.filter((item) => !item.node.hidden);
    const from = current ? current.index : -1;
    const next = by > 0 ? shown.find((item) => item.index > from) : shown.reverse().find((item) => item.index < from);
    if (next) choose(next);
  }

  function nextToCheck() {
    const left = paragraphs.filter(toCheck);
    if (!left.length) { say(words.said_checked); return; }
    const from = current ? current.index : -1;
    const next = left.find((item) => item.index > from) || left[0];
    if (next.node.hidden) showEverything();
    choose(next);
  }

  // where the reader is: in the strip and in the outline

  const links = new Map(all("#outline a").map((link) => [link.hash.slice(1), link]));
  const firstBarFrom = (index) => {
    for (const item of items.slice(index)) if (item.bars.length) return item.bars[0].bar;
    return null;
  };
  const share = (bar, name) => parseFloat(bar.getAttribute(name));

  function showPlace() {
    const main = $("main").getBoundingClientRect();
    const header = $(".course");
    const top = (header ? header.getBoundingClientRect().bottom : 0) + 8;
    const at = (y) => {
      const found = document.elementsFromPoint(main.left + main.width / 2, y).find((node) => node.closest(".item"));
      return found ? itemOf(found) : null;
    };
    const first = [0, 24, 48].reduce((found, more) => found || at(top + more), null) || (main.top > top ? items[0] : null);
    const last = [0, 24, 48].reduce((found, more) => found || at(innerHeight - 8 - more), null) || items[items.length - 1];
    if (!first) return;
    const from = firstBarFrom(first.index);
    const to = firstBarFrom(last.index + 1);
    const start = from ? share(from, "x") : 100;
    $("#here").setAttribute("x", `${start}%`);
    $("#here").setAttribute("width", `${Math.max((to ? share(to, "x") : 100) - start, 0.4)}%`);
    const heading = items.slice(0, first.index + 1).reverse().find((item) => links.has(item.node.id));
    for (const link of all('#outline a[aria-current="true"]')) link.removeAttribute("aria-current");
    if (heading) links.get(heading.node.id).setAttribute("aria-current", "true");
  }

  let waiting = false;
  const placeSoon = () => {
    if (waiting || !bars.length) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; showPlace(); });
  };

  function jump(event) {
    const box = $("#strip").getBoundingClientRect();
    const wanted = (100 * (event.clientX - box.left)) / box.width;
    const bar = bars.find((found) => share(found, "x") + share(found, "width") >= wanted);
    if (!bar) return;
    const item = byId.get(bar.dataset.p);
    if (item.node.hidden) showEverything();
    choose(item);
  }

  // the editor

  const editor = $("#editor");
  const form = $("form", editor);
  let edited = null;

  function edit(item) {
    edited = item;
    const { label, secondary, note } = stateOf(item);
    form.elements.label.value = label;
    form.elements.secondary.value = secondary;
    form.elements.note.value = note;
    const scores = item.node.dataset.scores.split(" ");
    all(".score", form).forEach((node, place) => { node.textContent = `${Math.round(100 * scores[place])}%`; });
    $("#quoted").textContent = item.text.length > 80 ? `${item.text.slice(0, 80)}…` : item.text;
    $("#undo").hidden = !correctionOf(item);
    forbidTwice();
    editor.showModal();
    $("input:checked", form).focus();
  }

  function forbidTwice() {
    for (const option of form.elements.secondary.options) {
      option.disabled = option.value !== "" && option.value === form.elements.label.value;
    }
    const chosen = form.elements.secondary.selectedOptions[0];
    if (!chosen || chosen.disabled) form.elements.secondary.value = "";
  }

  function keepEdited(event) {
    event.preventDefault();
    const { label, secondary, note } = form.elements;
    editor.close();
    correct(edited, { label: label.value, secondary: secondary.value, note: note.value.trim() });
    choose(edited);
  }

  // saving: the CSV that `jianghua review import` takes

  const COLUMNS = ["fingerprint", "source", "label", "secondary", "annotator", "date", "note", "text"];
  // an apostrophe before what a sheet would run as a formula; the importer takes it off again
  const cell = (value) => `"${(/^[=+\-@\t\r']/.test(value) ? `'${value}` : value).replace(/"/g, '""')}"`;

  function save() {
    const seen = new Set();
    const rows = paragraphs.filter((item) => {
      const { fingerprint } = item.node.dataset;
      return correctionOf(item) && !seen.has(fingerprint) && seen.add(fingerprint);
    }).map((item) => ({
      fingerprint: item.node.dataset.fingerprint, source: page.source, annotator: "", date: "", text: item.text, ...stateOf(item),
    }));
    if (!rows.length) { say(words.said_nothing_to_save); return; }
    const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(","));
    const blob = new Blob(["\ufeff", [COLUMNS.join(","), ...lines, ""].join("\r\n")], { type: "text/csv" });
    const file = `${page.name.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, "_")}.corrections.csv`;
    const link = element("a", { href: URL.createObjectURL(blob), download: file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    unsaved = false;
    say(fill(words.said_saved, { count: rows.length, file }));
  }

  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  async function copy(item) {
    try {
      await navigator.clipboard.writeText(item.text);
    } catch { // refused, or a browser that knows no clipboard for files
      getSelection().selectAllChildren(item.body);
      document.execCommand("copy");
      getSelection().removeAllRanges();
    }
    say(words.said_copied);
  }

  // keys

  const keysOn = $("#keys-on");
  keysOn.checked = store.get("jianghua:keys") !== false;
  keysOn.addEventListener("change", () => store.set("jianghua:keys", keysOn.checked));

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    u: nextToCheck,
    e: () => { if (current && current.paragraph) edit(current); },
    c: () => { if (current) copy(current); },
    0: () => { if (current && current.paragraph && correctionOf(current)) correct(current, null); },
    "/": () => $("#query").focus(),
    "?": () => $("#helper").showModal(),
  };

  function setByDigit(digit, second) {
    const label = order[digit - 1];
    if (editor.open) {
      if (second) form.elements.secondary.value = label;
      else form.elements.label.value = label;
      forbidTwice();
    } else if (current && current.paragraph) {
      const { secondary } = stateOf(current);
      correct(current, second ? { secondary: secondary === label ? "" : label } : { label });
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.id === "query") { showEverything(); event.target.blur(); return; }
    if (!keysOn.checked || event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    const digit = /^(?:Digit|Numpad)([1-6])$/.exec(event.code);
    const open = $("dialog[open]");
    if (digit && (!open || open === editor)) setByDigit(Number(digit[1]), event.shiftKey);
    else if (!open && Object.hasOwn(KEYS, event.key)) KEYS[event.key]();
    else return;
    event.preventDefault();
  });

  // events

  $("main").addEventListener("click", (event) => {
    const item = event.target.closest(".item") && itemOf(event.target);
    if (!item) return;
    if (event.target.closest(".label")) edit(item);
    else if (event.target.closest(".copy")) copy(item);
    else if (item.paragraph && getSelection().isCollapsed) pick(item);
  });
  $("main").addEventListener("focusin", (event) => {
    const item = event.target.closest(".item") && itemOf(event.target);
    if (item && item !== current) pick(item);
  });

  for (const chip of all(".chip")) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      refresh();
    });
  }
  let typing = 0;
  $("#query").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(search, 120); });
  $("#search").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    if (hit < 0) search();
    stepHit(1);
  });
  $("#query").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); stepHit(-1); }
  });
  $("#hit-back").addEventListener("click", () => stepHit(-1));
  $("#everything").addEventListener("click", showEverything);
  $("#next-check").addEventListener("click", nextToCheck);
  $("#save").addEventListener("click", save);
  $("#print").addEventListener("click", () => print());
  $("#help").addEventListener("click", () => $("#helper").showModal());
  if (bars.length) $("#strip").addEventListener("click", jump);
  form.addEventListener("submit", keepEdited);
  form.addEventListener("change", forbidTwice);
  $("#undo").addEventListener("click", () => { editor.close(); correct(edited, null); choose(edited); });
  for (const button of all("dialog .close")) button.addEventListener("click", () => button.closest("dialog").close());
  for (const dialog of all("dialog")) {
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }
  addEventListener("scroll", placeSoon, { passive: true });
  addEventListener("resize", placeSoon);
  addEventListener("storage", (event) => { if (event.key === KEPT) { readCorrections(); paragraphs.forEach(draw); count(); } });

  // start

  readCorrections();
  for (const item of paragraphs) if (correctionOf(item)) draw(item);
  count();
  if (matchMedia("(max-width: 59.99rem)").matches) for (const part of all(".side > details, nav > details")) part.open = false;
  say(fill(words.said_all, { paragraphs: paragraphs.length }));
  placeSoon();
})();
