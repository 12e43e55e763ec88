// What a reader takes away: the rows shown as CSV, a figure as SVG, a citation.
const save = (name, type, text) => {
  const href = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60000);
};

// As words/harmless.py: no cell that a spreadsheet takes for a formula; a number stays a number.
const NUMBER = /^[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const FORMULA = /^[\s\u0000-\u0020\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠﹢﹣﹦﹫−]/;
const defused = (cell) => cell && !NUMBER.test(cell) && FORMULA.test(cell) ? `'${cell}` : cell;
const cell = (value) => {
  const text = defused(String(value ?? ""));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const IN_CSV = [
  ["trial_id", (trial) => trial.id], ["title", (trial) => trial.title], ["acronym", (trial) => trial.acronym],
  [`${held.by.toLowerCase()}s`, (trial) => trial.about.join("; ")],
  ["overall_status", (trial) => trial.status], ["status_group", (trial) => trial.group], ["phase", (trial) => trial.phase],
  ["enrollment", (trial) => trial.people], ["enrollment_type", (trial) => trial.peopleNote],
  ["start_date", (trial) => trial.start], ["end_date", (trial) => trial.end], ["end_date_type", (trial) => trial.endNote],
  ["days_overdue", (trial) => trial.late || ""], ["has_results", (trial) => trial.results],
  ["last_changed_on", (trial) => trial.changed], ["last_change", (trial) => trial.change],
  ["lead_sponsor", (trial) => trial.sponsor], ["url", (trial) => trial.url],
];
const csv = (shown) => [
  IN_CSV.map(([name]) => name), ...shown.map((trial) => IN_CSV.map(([, value]) => value(trial))),
].map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
// The mark tells spreadsheets that it is UTF-8.
const saveCsv = () => save("trials.csv", "text/csv;charset=utf-8", `\ufeff${csv(filteredRows())}`);

// A drawing takes with it what the page's style gave it.
const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "font-size", "font-family", "opacity"];
const saveFigure = (name) => {
  const figure = one(`#figure-${CSS.escape(name)}`);
  const here = one("svg.chart", figure);
  const copy = here.cloneNode(true);
  const box = here.viewBox.baseVal;
  const there = [...copy.querySelectorAll("*")];
  for (const [at, each] of [...here.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(each);
    for (const property of DRAWN) {
      const value = each.getAttribute(property)?.startsWith("url(") ? each.getAttribute(property) : style.getPropertyValue(property);
      if (value) there[at].setAttribute(property, property === "fill" && each.tagName === "text" ? getComputedStyle(here).color : value);
    }
  }
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("width", box.width);
  copy.setAttribute("height", box.height);
  copy.prepend(
    drawn("title", null, one("h3", figure).textContent),
    drawn("rect", { width: "100%", height: "100%", fill: getComputedStyle(figure).backgroundColor }));
  save(`${name}.svg`, "image/svg+xml", new XMLSerializer().serializeToString(copy));
};

const copy = async (text, button) => {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {  // not given by every browser to every page: select it, so that the reader can
    getSelection().selectAllChildren(button.previousElementSibling);
    button.textContent = "Selected";
  }
};
