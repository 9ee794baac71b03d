/** Runs first, so that closed rows are never painted open; without scripts all rows stay open. */
export const EARLY_SCRIPT = `document.documentElement.className="js"`;

/**
 * The page's script: filter, search, sort, open, and follow hops. It reads the table, makes no markup from text, and
 * talks to nobody.
 */
export const SCRIPT = `"use strict";
(() => {
  const table = document.querySelector("table.list");
  const form = document.querySelector("form.filters");
  const back = document.getElementById("back");
  const rows = table ? [...table.tBodies] : [];
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const setOpen = (row, open) => {
    row.classList.toggle("open", open);
    row.querySelector(".toggle").setAttribute("aria-expanded", String(open));
  };
  const isOpen = (row) => row.classList.contains("open");

  if (table) {
    table.addEventListener("click", (event) => {
      const heading = event.target.closest("th");
      if (heading) return sortBy(heading);
      const summary = event.target.closest("tr");
      if (!summary || summary.classList.contains("more") || event.target.closest("a")) return;
      if (!event.target.closest("button") && String(getSelection()) !== "") return;
      setOpen(summary.parentElement, !isOpen(summary.parentElement));
    });
  }

  const collator = new Intl.Collator("en", { numeric: true });
  const keyOf = (row, index) => {
    const cell = row.rows[0].cells[index];
    return cell.dataset.sort ?? cell.textContent;
  };
  const sortBy = (heading) => {
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const index = heading.cellIndex;
    const keys = new Map(rows.map((row, at) => [row, [keyOf(row, index), at]]));
    const sorted = [...rows].sort((a, b) => {
      const order = collator.compare(keys.get(a)[0], keys.get(b)[0]);
      return (down ? -order : order) || keys.get(a)[1] - keys.get(b)[1];
    });
    table.append(...sorted);
  };

  const filter = () => {
    const words = form.elements.q.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const selects = [...form.querySelectorAll("select")].filter((select) => select.value !== "");
    let shown = 0;
    for (const row of rows) {
      const fits =
        selects.every((select) => row.dataset[select.name] === select.value) &&
        words.every((word) => textOf(row).includes(word));
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    form.querySelector("output").value = shown + " of " + rows.length + " shown";
  };
  if (form) {
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    const all = form.querySelector(".all");
    all.addEventListener("click", () => {
      const open = all.getAttribute("aria-pressed") !== "true";
      all.setAttribute("aria-pressed", String(open));
      all.textContent = open ? "Close all" : "Open all";
      for (const row of rows) setOpen(row, open);
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const typing = event.target.matches("input, select, textarea");
      if (event.key === "/" && !typing) {
        event.preventDefault();
        form.elements.q.focus();
      } else if (event.key === "Escape" && event.target === form.elements.q) {
        form.elements.q.value = "";
        filter();
      }
    });
    if (form.elements.q.value !== "" || form.querySelector("select")) filter();
  }

  let cameFrom = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.place");
    const row = link && link.closest("tbody[id]");
    if (row) cameFrom = row.id;
  });
  const follow = () => {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    for (const line of document.querySelectorAll(".source .here")) line.classList.remove("here");
    back.hidden = true;
    if (!target) return;
    const source = target.closest("details.source");
    if (source) {
      source.open = true;
      target.classList.add("here");
      if (cameFrom) {
        back.href = "#" + cameFrom;
        back.hidden = false;
      }
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "center" });
    } else if (rows.includes(target)) {
      target.hidden = false;
      setOpen(target, true);
      target.querySelector(".toggle").focus({ preventScroll: true });
      target.scrollIntoView({ block: "start" });
    }
  };
  addEventListener("hashchange", follow);
  follow();
})();
`;
