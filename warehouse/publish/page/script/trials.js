// The trials that came with the page, their cards (read when they are opened), and the words that find them.
const came = one("#data-trials");
const held = came ? JSON.parse(came.textContent) : { by: "", about: [], statuses: [], ticks: [], trials: [] };
const trials = held.trials;
const placeOf = new Map(trials.map((trial, place) => [trial.id, place]));

let lines;
const cards = () => lines ??= one("#data-cards").textContent.split("\n");
const cardOf = (id) => JSON.parse(cards()[placeOf.get(id)]);
const trialWithChange = (id) => {
  const place = /^\w+$/.test(id) && came ? cards().findIndex((line) => line.includes(`"id":"${id}"`)) : -1;
  return trials[place]?.id;
};

// As sql/page/words.sql splits them: no capitals, no accents.
const WORD = /[\p{L}\p{N}]+(?:[-./+'’][\p{L}\p{N}]+)*/gu;
const folded = (text) => text.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "");

let vocabulary;
const known = () => vocabulary ??= one("#data-words").textContent.split("\n").map((line) => {
  const end = line.indexOf(" ");
  return [line.slice(0, end), line.slice(end + 1)];
});
const places = (distances) => {
  let place = 0;
  return distances.split(" ").map((distance) => place += Number(distance));
};

// Places of the trials that hold every word of a question, in part or whole; null where nothing is asked.
const found = (question) => {
  const asked = folded(question).match(WORD);
  if (!asked) return null;
  const each = asked.map((part) => {
    const holding = new Set();
    for (const [word, distances] of known()) {
      if (word.includes(part)) for (const place of places(distances)) holding.add(place);
    }
    return holding;
  });
  return new Set([...each[0]].filter((place) => each.every((holding) => holding.has(place))));
};
