// The table: TanStack Table filters, sorts and cuts it into pages; what it looks like is made here.
const ROWS = 15;
const SIZES = [15, 50, 100, 500];
const state = { find: "", filters: {}, sort: null, page: 0, rows: ROWS, open: [] };

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const byText = (a, b, column) => collator.compare(a.getValue(column), b.getValue(column));
const byNumber = (a, b, column) => a.getValue(column) - b.getValue(column);
const isOneOf = (row, column, wanted) => {
  const value = row.getValue(column);
  return wanted.some((each) => Array.isArray(value) ? value.includes(each) : value === each);
};
const isFound = (row, column, holding) => holding.has(row.index);
// An empty cell stands last, whichever way it is sorted.
const sorted = (id, accessorFn, sortFn = byText) => ({ id, accessorFn, sortFn, sortUndefined: "last", filterFn: isOneOf });
const faceted = (id, accessorFn) => ({
  id, accessorFn, filterFn: isOneOf, enableSorting: false,
  getUniqueValues: (trial) => [accessorFn(trial)].flat(),
});

const table = came ? TanStackTable.constructTable({
  features: TanStackTable.tableFeatures({
    coreReactivityFeature: TanStackTable.storeReactivityBindings(),
    columnFilteringFeature: TanStackTable.columnFilteringFeature,
    filteredRowModel: TanStackTable.createFilteredRowModel(),
    columnFacetingFeature: TanStackTable.columnFacetingFeature,
    facetedRowModel: TanStackTable.createFacetedRowModel(),
    facetedUniqueValues: TanStackTable.createFacetedUniqueValues(),
    rowSortingFeature: TanStackTable.rowSortingFeature,
    sortedRowModel: TanStackTable.createSortedRowModel(),
    rowPaginationFeature: TanStackTable.rowPaginationFeature,
    paginatedRowModel: TanStackTable.createPaginatedRowModel(),
  }),
  data: trials,
  getRowId: (trial) => trial.id,
  autoResetPageIndex: false,
  columns: [
    sorted("title", (trial) => trial.title),
    sorted("about", (trial) => trial.about.join(", ") || undefined),
    sorted("status", (trial) => held.statuses.indexOf(trial.group), byNumber),
    sorted("phase", (trial) => trial.phase),
    sorted("people", (trial) => trial.people ?? undefined, byNumber),
    sorted("end", (trial) => trial.endOn || undefined),
    sorted("changed", (trial) => trial.changed || undefined),
    sorted("sponsor", (trial) => trial.sponsor || undefined),
    faceted("is-about", (trial) => trial.about),
    faceted("group", (trial) => trial.group),
    faceted("in-phase", (trial) => trial.phase),
    faceted("kinds", (trial) => trial.kinds),
    faceted("overdue", (trial) => trial.late ? "yes" : "no"),
    faceted("results", (trial) => trial.results ? "yes" : "no"),
    { id: "found", accessorFn: (trial) => trial.id, filterFn: isFound, enableSorting: false },
  ],
}) : null;

const expectedOrActual = (note) => note ? [" ", faint(note)] : [];
const isOpen = (trial) => state.open.includes(trial.id);
// What stands where: the heading, the cell's class, what is in it. Narrow windows leave some out, or say them below.
const COLUMNS = [
  ["title", "Trial", "", (trial) => [
    make("button", {
      type: "button", class: "open", "aria-expanded": String(isOpen(trial)), "aria-controls": `card-${trial.id}`,
      click: () => toggle(trial.id),
    }, make("bdi", isOpen(trial) ? null : { class: "two" }, words(trial.title))),
    " ", faint(make("span", { class: "number" }, trial.id), trial.acronym ? [" · ", make("bdi", null, words(trial.acronym))] : ""),
  ]],
  ["about", `${held.by}s`, "wide", (trial) => make("span", { class: "two" }, words(trial.about.join(", ")))],
  ["status", "Status", "", (trial) => [chip(trial.group, trial.status), trial.results ? [" ", faint("results posted")] : ""]],
  ["phase", "Phase", "wide middle", (trial) => words(trial.phase.replace(/^Not .*/, "–").replace(/^Phase /, ""))],
  ["people", "People", "wide middle figure", (trial) => trial.people === null ? "" : [
    trial.people.toLocaleString("en"), expectedOrActual(trial.peopleNote === "expected" ? "expected" : ""),
  ], "people"],
  ["end", "End", "date", (trial) => [
    words(trial.end), expectedOrActual(trial.endNote),
    trial.late ? [" ", make("span", { class: "warn" }, `${counted(trial.late, "day")} overdue`)] : "",
  ], "end"],
  ["changed", "Last change", "wider", (trial) => [
    trial.changed ? make("span", { class: "date" }, trial.changed) : "", " ", faint(trial.change),
  ]],
  ["sponsor", "Sponsor", "wider", (trial) => make("bdi", { class: "two", title: trial.sponsor }, words(trial.sponsor))],
];

const heading = ([id, title, kind]) => {
  const way = state.sort?.id === id ? (state.sort.desc ? "descending" : "ascending") : null;
  return make("th", { scope: "col", class: kind, "aria-sort": way, "data-column": id },
    make("button", { type: "button", click: () => sortBy(id) }, title));
};
const sortBy = (id) => {
  const before = state.sort?.id === id ? state.sort : null;
  change({ sort: before ? { id, desc: !before.desc } : { id, desc: ["people", "changed"].includes(id) } });
  one(`#table th[data-column="${id}"] button`).focus();
};

const row = (trial) => {
  const line = make("tr", { id: `trial-${trial.id}`, "data-trial": trial.id },
    COLUMNS.map(([id, , kind, inside, label], at) => at
      ? make("td", { class: kind, "data-label": label }, inside(trial))
      : make("th", { scope: "row" }, inside(trial))));
  // The whole row is easier to hit than its title; a selection of its text is not meant to open it.
  line.addEventListener("click", (event) => {
    if (!event.target.closest("a, button") && String(getSelection()) === "") toggle(trial.id);
  });
  return isOpen(trial)
    ? [line, make("tr", { class: "opened", id: `card-${trial.id}` }, make("td", { colspan: COLUMNS.length }, card(trial)))]
    : [line];
};
const toggle = (id) => {
  const open = state.open.includes(id) ? state.open.filter((each) => each !== id) : [...state.open, id];
  change({ open, page: state.page });
  one(`#trial-${CSS.escape(id)} .open`)?.focus({ preventScroll: true });
};

const filteredRows = () => table.getSortedRowModel().rows.map((each) => each.original);
const pageCount = () => Math.max(1, Math.ceil(table.getFilteredRowModel().rows.length / state.rows));

// Everything that the table's filters touch, as the state now is.
const draw = () => {
  const holding = found(state.find);
  table.setColumnFilters([
    ...Object.entries(state.filters).map(([id, value]) => ({ id, value })),
    ...(holding ? [{ id: "found", value: holding }] : []),
  ]);
  table.setSorting(state.sort ? [state.sort] : []);
  state.page = Math.min(Math.max(0, state.page), pageCount() - 1);
  table.setPagination({ pageIndex: state.page, pageSize: state.rows });
  one("#table thead").replaceChildren(make("tr", null, COLUMNS.map(heading)));
  one("#table tbody").replaceChildren(...table.getRowModel().rows.flatMap((each) => row(each.original)));
  const count = table.getFilteredRowModel().rows.length;
  one("#shown").textContent = `${count.toLocaleString("en")} of ${counted(trials.length, "trial")}`;
  one("#clear").disabled = !state.find && !Object.keys(state.filters).length;
  drawPages();
  drawFacets();
  drawTimeline();
};

const drawPages = () => {
  const last = pageCount() - 1;
  const step = (text, page, isOff) => make("button", {
    type: "button", disabled: isOff,
    click: () => { change({ page }); one("#table").scrollIntoView(); one("#table").focus({ preventScroll: true }); },
  }, text);
  const sizes = SIZES.map((size) =>
    make("option", { value: size, selected: size === state.rows }, String(size)));
  one("#pages").replaceChildren(
    make("nav", { "aria-label": "Pages of the table" },
      step("Previous", state.page - 1, state.page === 0),
      make("span", null, `Page ${state.page + 1} of ${last + 1}`),
      step("Next", state.page + 1, state.page === last)),
    make("label", null, "Rows ", make("select", {
      id: "rows", change: (event) => { change({ rows: Number(event.target.value) }); one("#rows").focus(); },
    }, sizes)));
};
