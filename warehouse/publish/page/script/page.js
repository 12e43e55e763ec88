// The page says what matters without this script; it adds the table and the timeline, opens what a link names, and
// tells the page's age.

// How old this page is, by the reader's own clock: a night that never came must not look like a quiet one.
const age = () => {
  const days = Math.floor((Date.now() - Date.parse(one("#made").dateTime)) / 86400000);
  if (days >= 1) one("#age").textContent = ` (${days} ${days === 1 ? "day" : "days"} ago)`;
  if (days >= 3) one("#age").classList.add("warn");
};

const begin = () => {
  for (const room of all("#table-room, #timeline-room, .save")) room.hidden = false;
  makeFacets();
  restore(location.hash.includes("=") ? read(location.hash.slice(1)) : {});
  one("#find").addEventListener("input", (event) => change({ find: event.target.value }, true));
  one("#clear").addEventListener("click", () => {
    one("#find").value = "";
    change({ find: "", filters: {} });
    one("#find").focus();
  });
  one("#csv").addEventListener("click", saveCsv);
  for (const button of all(".save")) button.addEventListener("click", () => saveFigure(button.dataset.figure));
};

age();
if (table) begin();
// Once the browser has gone to the fragment itself: it would take the focus away again.
if (!location.hash.includes("=")) addEventListener("load", () => setTimeout(follow));
addEventListener("hashchange", follow);
document.addEventListener("click", (event) => {
  const href = event.target.closest?.('a[href^="#"]')?.getAttribute("href");
  if (!href) return;
  // A second click on the same link makes no hashchange.
  if (href === location.hash) follow();
  // A figure at the head of the page leads to the table that it counts.
  if (table && href.includes("=")) setTimeout(() => one("#trials").scrollIntoView());
});
