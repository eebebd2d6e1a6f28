// A table of clips: search, sort, choose. Long tables are shown in portions; new clips come by themselves.

const PORTION_N = 200;

function renderBrowse({ model, el }) {
  const undo = [];
  let shown_n = PORTION_N;
  const save = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  const search = element("input", {
    type: "search", class: "sl-input sl-search", placeholder: "search", "aria-label": "Search clips", value: model.get("search"),
    oninput: () => {
      shown_n = PORTION_N;
      save({ search: search.value });
    },
  });
  const count = element("span", { class: "sl-about", role: "status" });
  const head = element("thead");
  const body = element("tbody");
  const more = button("show more", () => {
    shown_n += PORTION_N;
    paint();
  });
  const table = element("table", { class: "sl-grid sl-table tex2jax_ignore mathjax_ignore" }, head, body);
  const scroller = element("div", { class: "sl-body sl-scroller", tabindex: 0, role: "region", "aria-label": "Clips", "data-lm-suppress-shortcuts": "true" }, table, more);
  const root = element("div", { class: "sl-widget sl-browse" },
    element("div", { class: "sl-head" }, element("strong", { class: "sl-title" }, model.get("title")),
      model.get("note") ? element("span", { class: "sl-note" }, model.get("note")) : null),
    element("div", { class: "sl-controls" }, search, count), scroller);

  function foundRows() {
    const words = model.get("search").toLowerCase().split(/\s+/).filter(Boolean);
    const found = model.get("rows").filter((row) => {
      const text = [row.hidden, row.finding, ...row.cells.map((cell) => cell.text)].join("\n").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const at = model.get("columns").findIndex((column) => column.name === model.get("sort"));
    if (at < 0) return found;
    const sign = model.get("descending") ? -1 : 1;
    return found.sort((a, b) => {
      const [x, y] = [a.cells[at].value, b.cells[at].value];
      return x === null || y === null ? compareCells(x, y) : sign * compareCells(x, y);
    });
  }
  function sortBy(name) {
    save(model.get("sort") === name ? { descending: !model.get("descending") } : { sort: name, descending: false });
  }
  const paint = () => keepingFocus(root, rebuild);
  function rebuild() {
    const found = foundRows();
    const direction = model.get("descending") ? "descending" : "ascending";
    head.replaceChildren(element("tr", {}, ...model.get("columns").map(({ name, label }) => {
      const sorted = model.get("sort") === name;
      const arrow = sorted ? (direction === "ascending" ? " ↑" : " ↓") : "";
      return element("th", { scope: "col", "aria-sort": sorted ? direction : null },
        button(label + arrow, () => sortBy(name), { class: "sl-sorter", "data-key": `head ${name}` }));
    })));
    body.replaceChildren(...found.slice(0, shown_n).map(line));
    more.hidden = found.length <= shown_n;
    count.textContent = `${found.length} of ${model.get("rows").length}`;
    paintChoice();
  }
  function line(row) {
    const cells = row.cells.map((cell, i) => {
      if (i) return element("td", { dir: "auto" }, cell.text);
      const choose = button(cell.text || "–", () => save({ selected: row.id }), { class: "sl-sorter sl-open", "data-key": `row ${row.id}`, dir: "auto" });
      const finding = row.finding ? element("p", { class: "sl-finding", dir: "auto", title: row.finding }, row.finding) : null;
      return element("th", { scope: "row" }, choose, finding);
    });
    const made = element("tr", { "data-id": row.id }, ...cells);
    made.addEventListener("click", () => save({ selected: row.id }));
    return made;
  }
  function paintChoice() {
    for (const made of body.children) {
      const chosen = made.dataset.id === model.get("selected");
      made.classList.toggle("sl-active", chosen);
      made.querySelector(".sl-open").setAttribute("aria-pressed", String(chosen));
    }
  }
  listen(scroller, "keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const openers = [...body.querySelectorAll(".sl-open")];
    const at = openers.indexOf(event.composedPath()[0]);
    openers[clamp(at + step, 0, openers.length - 1)]?.focus();
    event.preventDefault();
    event.stopPropagation();
  }, undo);
  for (const trait of ["rows", "columns", "search", "sort", "descending"]) listen(model, `change:${trait}`, paint, undo);
  listen(model, "change:selected", paintChoice, undo);
  el.append(root);
  paint();
  const lookedAfter = lookRegularly(model, root, undo);
  return () => {
    lookedAfter();
    undo.forEach((back) => back());
    root.remove();
  };
}

/** Numbers by size, words by alphabet, what is unknown last. */
function compareCells(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}
