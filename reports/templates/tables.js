// Tables that are sorted by a click on a heading, and filtered by what is typed: without this script they stay as they are.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    heading.tabIndex = 0;
    heading.setAttribute("role", "button");
    const sort = () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyed = [...table.tBodies[0].rows].map((row) => [key(row.cells[column].textContent), row]);
      keyed.sort(([one], [other]) => compare(one, other, down));
      table.tBodies[0].append(...keyed.map(([, row]) => row));
    };
    heading.addEventListener("click", sort);
    heading.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
  });
}
for (const field of document.querySelectorAll("input.search")) {
  const rows = [...document.getElementById(field.dataset.of).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, at) => { row.hidden = !words.every((word) => texts[at].includes(word)); });
    const told = field.closest("p").querySelector(".found");
    if (told) told.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  });
}
function key(text) {
  const plain = text.trim().replace(/[\u2009\u2265 ]/g, "");
  const number = Number(plain);
  return plain === "" ? null : Number.isNaN(number) ? plain.toLowerCase() : number;
}
function compare(one, other, down) {
  if (one === null || other === null) return (one === null) - (other === null);
  const order = typeof one === typeof other ? (one < other ? -1 : one > other ? 1 : 0) : typeof one === "number" ? -1 : 1;
  return down ? -order : order;
}
