// The timeline of the trials that the filters leave: open ones first, by what they are about, their ends in order.
const AT_ONCE = 80;
const OPEN_GROUPS = ["planned", "recruiting", "active"];
let atMost = AT_ONCE;
let drawnFor = "";

const bar = (trial) => drawn("svg", { class: "bar", role: "img", "aria-label": trial.course },
  trial.bar.parts.map(([kind, x, width]) => drawn("rect", { class: kind, x: `${x}%`, width: `${width}%` })),
  trial.bar.end === undefined ? "" : drawn("circle", { class: trial.bar.actual ? "actual" : null, cx: `${trial.bar.end}%` }),
  trial.bar.before ? drawn("text", { x: "0", y: "18" }, `◂ ${trial.bar.before}`) : "",
  trial.bar.after ? drawn("text", { x: "100%", y: "18", "text-anchor": "end" }, `${trial.bar.after} ▸`) : "");
const line = (trial) => make("li", null,
  make("span", { class: "name" }, make("a", { href: `#trial-${encodeURIComponent(trial.id)}`, title: trial.title }, make("bdi", null, words(trial.title)))),
  chip(trial.group, trial.status), bar(trial));

const inOrder = (shown) => {
  const place = (trial) => { const at = held.about.indexOf(trial.about[0]); return at < 0 ? held.about.length : at; };
  return [...shown].sort((a, b) => place(a) - place(b) || collator.compare(a.endOn || "9", b.endOn || "9") || collator.compare(a.id, b.id));
};
const grouped = (shown) => {
  const groups = new Map();
  for (const trial of shown) groups.set(trial.about[0], [...(groups.get(trial.about[0]) ?? []), trial]);
  return [...groups];
};

const drawTimeline = () => {
  const shown = filteredRows();
  const now = shown.map((trial) => trial.id).sort().join(" ");
  if (now === drawnFor) return;  // another page or order of the same trials
  if (drawnFor !== "") atMost = AT_ONCE;
  drawnFor = now;
  drawLines(shown);
};
const drawLines = (shown) => {
  const isUnderWay = (trial) => OPEN_GROUPS.includes(trial.group);
  const parts = [["Open", inOrder(shown.filter(isUnderWay))], ["Not open", inOrder(shown.filter((trial) => !isUnderWay(trial)))]];
  let room = atMost;
  const lists = parts.flatMap(([title, of]) => {
    const fitting = of.slice(0, room);
    room -= fitting.length;
    return fitting.length ? [
      make("h3", null, title, " ", faint(of.length.toLocaleString("en"))),
      ...grouped(fitting).flatMap(([about, inside]) => [make("h4", null, words(upper(about))), make("ul", { class: "lines" }, inside.map(line))]),
    ] : [];
  });
  const more = shown.length - atMost;
  one("#lines").replaceChildren(
    drawn("svg", { class: "axis", "aria-hidden": "true" }, held.ticks.map(([year, at]) => drawn("text", { x: `${at}%`, y: "15" }, String(year)))),
    ...(lists.length ? lists : [make("p", { class: "empty" }, "No trial is left by these filters.")]),
    ...(more > 0 ? [make("button", { type: "button", class: "more", click: () => {
      atMost += AT_ONCE;
      drawLines(shown);
      one("#lines").focus({ preventScroll: true });
    } }, `Show ${Math.min(more, AT_ONCE)} more of ${more.toLocaleString("en")}`)] : []));
};
