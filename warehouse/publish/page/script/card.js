// A trial, opened: its card, why it is here, and its history, each change with what it takes to cite it.
const MOMENTS = 6;
const link = (href, ...children) => href
  ? make("a", { href, rel: "noreferrer external" }, ...children) : make("span", null, ...children);
// Where it can be looked up: the page by its day, and by its address unless that is a place on the reader's own disk.
const source = (fragment) => `trialwatch, page of ${one("#made").textContent}`
  + (location.protocol === "file:" ? "" : `, ${location.href.split("#")[0]}#${fragment}`);

const card = (trial) => {
  const whole = cardOf(trial.id);
  const early = whole.history.slice(MOMENTS);
  return make("div", { class: "card" },
    make("dl", { class: "facts" }, whole.facts.map(([name, said]) => make("div", null,
      make("dt", null, name), said.map((line) => make("dd", null, make("bdi", null, words(line))))))),
    make("p", { class: "links" },
      whole.links.map(([text, href]) => [link(href, words(text)), " "]),
      make("a", { href: `#trial-${encodeURIComponent(trial.id)}` }, "Link to this trial"), " ",
      cite(`${trial.id}, ${quoted(trial)}. ${whole.registry}. ${source(`trial-${trial.id}`)}`, "Cite this trial")),
    published(whole),
    make("h3", null, "Why it is here"),
    listed(whole.why),
    whole.evidence.length ? make("details", { class: "small" },
      make("summary", null, "What in the record says so, and when it came"), listed(whole.evidence)) : "",
    make("h3", null, "History"),
    make("ol", { class: "history" }, whole.history.slice(0, MOMENTS).map((each) => moment(trial, whole, each))),
    early.length ? make("details", { class: "small" },
      make("summary", null, `${early.length} earlier ${early.length === 1 ? "entry" : "entries"}`),
      make("ol", { class: "history" }, early.map((each) => moment(trial, whole, each)))) : "",
    whole.leftOut ? make("p", { class: "faint" }, `${whole.leftOut} still earlier ones are in the analysts’ file.`) : "");
};

const listed = (lines) => make("ul", { class: "dotted" }, lines.map((line) => make("li", null, make("bdi", null, words(line)))));
const published = (whole) => whole.publications.length ? [
  make("h3", null, "Publications"),
  make("ul", { class: "dotted" },
    whole.publications.map(([text, href]) => make("li", null, link(href, make("bdi", null, words(text))))),
    whole.publicationCount > whole.publications.length
      ? make("li", { class: "faint" }, `and ${whole.publicationCount - whole.publications.length} more`) : ""),
] : "";

const quoted = (trial) => `“${trial.title}”`;
const moment = (trial, whole, each) => make("li", null,
  make("time", { datetime: each.on }, each.on),
  make("div", null,
    each.version === undefined ? "" : make("p", null,
      chip(each.group, each.status), " ", faint(`version ${each.version}${each.past ? ", from the registry’s past" : ""}`),
      each.compare ? [" ", link(each.compare, "compare at the registry")] : ""),
    each.changes.map((one) => told(trial, whole, one))));

const told = (trial, whole, change) => make("div", { class: "what", id: `change-${change.id}`, tabindex: "-1" },
  make("p", null, make("b", null, words(change.lead)), words(change.rest)),
  (change.lines ?? []).map(difference),
  change.cut ? make("p", { class: "line faint" }, words(`(${change.cut} not shown here; the record and the analysts’ file have them)`)) : "",
  make("p", { class: "faint" }, words(`by ${change.cause}; ${change.dated}`), " · ",
    make("a", { href: `#change-${change.id}` }, "change ", make("span", { class: "number" }, change.id)),
    change.data ? words(` · data ${change.data}`) : ""),
  cite(`${trial.id}, ${quoted(trial)}: ${change.lead}${change.rest} Change ${change.id}, ${change.dated}; ${whole.registry}`
    + `${change.data ? ` data version ${change.data}` : ""}. ${source(`change-${change.id}`)}`, "Cite"));

// As words/markup.py: what went is struck out, what came stands beside it.
const difference = ([sign, label, parts]) => make("p", { class: "line" },
  sign ? `${sign} ` : "", label ? [words(`${label}:`), " "] : "",
  parts.map(([how, text, isSpaced], at) => {
    const inside = how === "kept" ? words(text) : make(how === "gone" ? "del" : "ins", null, words(text));
    const turns = how === "gone" && parts[at + 1]?.[0] === "came";
    return [inside, turns ? " → " : isSpaced ? " " : ""].flat();
  }));

const cite = (text, title) => make("details", { class: "citation" },
  make("summary", null, title),
  make("p", null, words(text)),
  make("button", { type: "button", click: (event) => copy(text, event.target) }, "Copy"));
