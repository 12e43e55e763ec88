// The page works without this; it adds sorting, filtering, opening a trial by its address, and the page's age.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  // A link to a trial opens it.
  const open = () => {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let each = target; each; each = each.parentElement) {
      if (each instanceof HTMLDetailsElement) each.open = true;
      each.hidden = false;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  // A second click on the same link makes no hashchange.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) open();
  });

  // How old this page is, by the reader's own clock: a night that never came must not look like a quiet one.
  const made = one("#made");
  if (made) {
    const days = Math.floor((Date.now() - Date.parse(made.dateTime)) / 86400000);
    const age = one("#age");
    if (days >= 1) age.textContent = ` (${days} ${days === 1 ? "day" : "days"} ago)`;
    if (days >= 3) age.classList.add("warn");
  }

  const table = one("#table");
  if (!table) { open(); return; }
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const shown = one("#shown");

  // Sorting: empty cells stand last whichever way.
  const key = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const sort = (heading, way) => {
    const column = heading.cellIndex;
    const sign = way === "ascending" ? 1 : -1;
    rows.sort((a, b) => {
      const [x, y] = [key(a, column), key(b, column)];
      if (!x || !y) return x ? -1 : y ? 1 : 0;
      return sign * collator.compare(x, y);
    });
    body.append(...rows);
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", way);
  };
  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      sort(heading, heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending");
    });
  }

  // Filtering: the table and the trials below it show the same.
  const words = one("#words"), group = one("#group"), substance = one("#substance"), late = one("#late-only");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = wanted.every((word) => texts.get(row).includes(word))
        && (!group.value || row.dataset.group === group.value)
        && (!substance.value || row.dataset.substances.split("|").includes(substance.value))
        && (!late.checked || row.dataset.late === "yes");
      row.hidden = !fits;
      const below = document.getElementById(row.dataset.trial);
      if (below) below.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${rows.length} ${rows.length === 1 ? "trial" : "trials"} shown`;
  };
  for (const control of [words, group, substance, late]) control.addEventListener("input", filter);
  one("#clear").addEventListener("click", () => {
    words.value = group.value = substance.value = "";
    late.checked = false;
    filter();
    words.focus();
  });
  one("#controls").hidden = false;
  filter();
  open();
})();
