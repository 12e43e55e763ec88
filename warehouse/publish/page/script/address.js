// The address: what is filtered, sorted and opened stands in its fragment, so that a link brings it back.
// `#trial-…` opens a trial and `#change-…` a change of one, wherever the table has them.
const SORTS = COLUMNS.map(([id]) => id);

const written = () => {
  const said = new URLSearchParams();
  if (state.find) said.set("find", state.find);
  for (const { id, key } of [...FACETS, ...SWITCHES]) for (const value of chosen(id)) said.append(key, value);
  if (state.sort) said.set("sort", (state.sort.desc ? "-" : "") + state.sort.id);
  if (state.rows !== ROWS) said.set("rows", state.rows);
  if (state.page) said.set("page", state.page + 1);
  for (const id of state.open) said.append("trial", id);
  return said.toString();
};
const read = (text) => {
  const said = new URLSearchParams(text);
  const filters = {};
  for (const { id, key } of [...FACETS, ...SWITCHES]) if (said.has(key)) filters[id] = said.getAll(key);
  const sort = said.get("sort") ?? "";
  const id = sort.replace(/^-/, "");
  const rows = Number(said.get("rows"));
  return {
    find: said.get("find") ?? "", filters, open: said.getAll("trial").filter((each) => placeOf.has(each)),
    sort: SORTS.includes(id) ? { id, desc: sort.startsWith("-") } : null,
    rows: SIZES.includes(rows) ? rows : ROWS,
    page: Math.max(0, Math.trunc(Number(said.get("page")) || 1) - 1),
  };
};

// A change by the reader: from its first page on, and a step of its own in the browser's history unless it is typed.
const change = (what, isTyped = false) => {
  Object.assign(state, { page: 0 }, what);
  draw();
  const there = written();
  const whole = location.href.split("#")[0] + (there ? `#${there}` : "");
  if (whole !== location.href) history[isTyped ? "replaceState" : "pushState"](null, "", whole);
};
const restore = (what) => {
  Object.assign(state, what);
  one("#find").value = state.find;
  draw();
};

// Bring a trial onto the table's page and open it; a filter that hides it gives way.
const openAt = (id, changeId) => {
  const isThere = () => filteredRows().findIndex((trial) => trial.id === id);
  if (isThere() < 0) restore({ find: "", filters: {} });
  restore({ open: [...new Set([...state.open, id])], page: Math.floor(isThere() / state.rows) });
  const there = changeId && document.getElementById(`change-${changeId}`);
  if (there) for (const each of all("details")) if (each.contains(there)) each.open = true;
  for (const each of all(".cited")) each.classList.remove("cited");
  const target = there || document.getElementById(`trial-${id}`);
  if (there) there.classList.add("cited");
  target.scrollIntoView();
  (there || one(".open", target)).focus({ preventScroll: true });
};

const goTo = (id) => {
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let each = target; each; each = each.parentElement) if (each instanceof HTMLDetailsElement) each.open = true;
  target.scrollIntoView();
};
const follow = () => {
  const fragment = location.hash.slice(1);
  let id = "";
  try { id = decodeURIComponent(fragment); } catch { return; }
  if (!table) return goTo(id);
  const trialId = id.startsWith("trial-") ? id.slice(6) : id.startsWith("change-") ? trialWithChange(id.slice(7)) : null;
  if (placeOf.has(trialId)) return openAt(trialId, id.startsWith("change-") ? id.slice(7) : null);
  const bearers = [...(trialId && found(trialId)) || []];
  if (bearers.length === 1) return openAt(trials[bearers[0]].id); // a number that it bore before
  if (trialId !== null) {
    one("#shown").textContent = `${id.replace("-", " ")} is not on this page: the analysts’ file has every trial.`;
    return goTo("trials");
  }
  if (fragment === "" || fragment.includes("=")) return restore(read(fragment));
  return goTo(id);
};
