// Elements made of tags and texts. A text is only ever text: nothing here reads markup.
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const SVG = "http://www.w3.org/2000/svg";
// As words/markup.py: a word that no line of a phone can hold may break, a date may not.
const LONGEST_WORD = 26;
const DATE = /(?<![\w-])(\d{4}-\d\d(?:-\d\d(?:T[\d:]+)?)?)(?![\w-])/;

const filled = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== "" && child !== null && child !== undefined));
  return element;
};
const make = (tag, attributes, ...children) => filled(document.createElement(tag), attributes, children);
const drawn = (tag, attributes, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

const words = (text) => String(text).split(" ").flatMap((word, at) => {
  const space = at ? [" "] : [];
  if (word.length > LONGEST_WORD) return [...space, make("span", { class: "long" }, word)];
  const pieces = word.split(DATE);
  if (pieces.length === 1) return [...space, word];
  return [...space, ...pieces.map((piece, n) => n % 2 ? make("span", { class: "date" }, piece) : piece)];
});
const faint = (...children) => make("span", { class: "faint" }, ...children);
const chip = (group, text) => make("span", { class: `chip ${group}` }, make("span", null, words(text)));
const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
// "1 Sep 2026", as the rest of the page says it.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const day = (iso) => `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}`;
