// Facets: what the trials can be narrowed to, each value with how many it would leave.
const SHOWN_GROUP = (group) => group.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
const upper = (text) => text.replace(/^./, (letter) => letter.toUpperCase());
// The column, what it is called, its name in the address, its values in their order, and their words.
const FACETS = [
  { id: "is-about", title: held.by, key: held.by.toLowerCase(), order: held.about, words: upper },
  { id: "group", title: "Status", key: "status", order: held.statuses, words: SHOWN_GROUP },
  { id: "in-phase", title: "Phase", key: "phase", order: [], words: upper },
  { id: "kinds", title: "Kind of change", key: "change", order: [], words: upper },
];
const SWITCHES = [
  { id: "overdue", title: "Overdue", key: "overdue" },
  { id: "results", title: "Results posted", key: "results" },
];

const chosen = (id) => state.filters[id] ?? [];
const choose = (id, values) => {
  const filters = { ...state.filters, [id]: values };
  if (!values.length) delete filters[id];
  change({ filters });
};
const choice = (facet, value, text) => make("label", { class: "check", "data-value": value },
  make("input", {
    type: "checkbox",
    change: (event) => choose(facet.id, event.target.checked
      ? [...chosen(facet.id), value] : chosen(facet.id).filter((each) => each !== value)),
  }),
  make("span", null, words(text)), make("span", { class: "count" }));

// Made once, so that what has the focus keeps it; only counts and ticks change.
const makeFacets = () => {
  for (const facet of FACETS) {
    const used = new Set(trials.flatMap((trial) => table.getColumn(facet.id).columnDef.getUniqueValues(trial)));
    const place = (value) => facet.order.includes(value) ? facet.order.indexOf(value) : facet.order.length;
    const values = [...used].sort((a, b) => place(a) - place(b) || collator.compare(a, b));
    if (!values.length) continue;
    one("#facets").append(make("details", { class: "facet", "data-facet": facet.id },
      make("summary", null, facet.title, make("span", { class: "chosen" })),
      make("fieldset", null, make("legend", { class: "hidden" }, facet.title),
        values.map((value) => choice(facet, value, facet.words(value))))));
  }
  for (const facet of SWITCHES) one("#facets").append(make("span", { "data-facet": facet.id }, choice(facet, "yes", facet.title)));
};

const drawFacets = () => {
  for (const facet of [...FACETS, ...SWITCHES]) {
    const room = one(`[data-facet="${facet.id}"]`);
    if (!room) continue;
    const counts = table.getColumn(facet.id).getFacetedUniqueValues();
    for (const label of all("label", room)) {
      const value = label.dataset.value;
      one("input", label).checked = chosen(facet.id).includes(value);
      one(".count", label).textContent = (counts.get(value) ?? 0).toLocaleString("en");
    }
    const told = one(".chosen", room);
    if (told) {
      const [first, ...more] = chosen(facet.id);
      told.textContent = first ? `: ${facet.words(first)}${more.length ? ` +${more.length}` : ""}` : "";
    }
  }
};

// One list is open at a time; Escape, or a click elsewhere, closes it.
const closeFacets = (but) => {
  for (const each of all("details.facet[open]")) if (each !== but) each.open = false;
};
document.addEventListener("click", (event) => closeFacets(event.target.closest?.("details.facet")));
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && one("details.facet[open]");
  if (!open) return;
  closeFacets();
  one("summary", open).focus();
});
