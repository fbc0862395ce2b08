// Which rows are shown, and how many there are of what.
const FACETS = [
  { name: "Level", of: (row) => [R[row][LEVEL]], label: (id) => LEVELS[id], sort: (one, other) => other[0] - one[0] },
  { name: "Triage", of: (row) => [markOf(row).mark || "open"], label: (id) => id },
  { name: "Since", of: (row) => (isNew ? [isNew.has(row) ? "new" : "known"] : []), label: (id) => id },
  { name: "Rule", of: (row) => [R[row][RULE]] },
  { name: "Actor", of: (row) => [R[row][ACTOR]] },
  { name: "Machine", of: (row) => R[row][MACHINES] },
  { name: "Account", of: (row) => [R[row][ACCOUNT]] },
  { name: "Address", of: (row) => [R[row][ADDRESS]] },
  { name: "Day", of: (row) => [day(row)], label: (id) => id, sort: (one, other) => (one[0] < other[0] ? -1 : 1) },
  { name: "Technique", of: techniques, label: (id) => `${id} ${D.techniques[id]?.[0] ?? ""}` },
  { name: "Case", of: (row) => [D.C[row]], label: (id) => D.cases[id][2], sort: (one, other) => one[0] - other[0] },
].map((facet) => ({ label: (id) => S[id] || "none named", sort: (one, other) => other[1] - one[1], ...facet }));
// Values of a facet that are listed.
const LISTED = 12;
const chosen = new Map();
let words = [], span = null, byTime = false;

const gravity = Int32Array.from({ length: N }, (_, row) => row)
  .sort((one, other) => R[other][LEVEL] - R[one][LEVEL] || (R[one][TIME] ?? Infinity) - (R[other][TIME] ?? Infinity) || one - other);
let ages = null;
const inTime = () => (ages ??= Int32Array.from(gravity).sort((one, other) => (R[one][TIME] ?? Infinity) - (R[other][TIME] ?? Infinity) || one - other));

const hay = [];
function sought(row) {
  hay[row] ??= [told(row, TITLE), told(row, MESSAGE), text(row, RULE), text(row, ACTOR), told(row, BEHIND), text(row, ACCOUNT), text(row, ADDRESS),
    text(row, TECHNIQUES), told(row, ORIGIN), R[row][MACHINES].map((id) => S[id]).join(" ")].join("\n").toLowerCase();
  const note = markOf(row).note.toLowerCase();
  return words.every((word) => hay[row].includes(word) || note.includes(word));
}

let shown = gravity;
const counts = FACETS.map(() => new Map());

function filter() {
  const asked = FACETS.map((facet, at) => [facet, chosen.get(at)]).filter(([, values]) => values?.size);
  const holds = (row) => {
    if (span && !(R[row][TIME] >= span[0] && R[row][TIME] <= span[1])) return false;
    for (const [facet, values] of asked) if (!facet.of(row).some((id) => values.has(id))) return false;
    return words.length === 0 || sought(row);
  };
  shown = (byTime ? inTime() : gravity).filter(holds);
  FACETS.forEach((facet, at) => {
    const own = new Map();
    for (const row of shown) for (const id of facet.of(row)) own.set(id, (own.get(id) ?? 0) + 1);
    for (const id of chosen.get(at) ?? []) if (!own.has(id)) own.set(id, 0);
    counts[at] = own;
  });
}

function choose(name, id, only) {
  const at = FACETS.findIndex((facet) => facet.name === name);
  const values = chosen.get(at) ?? new Set();
  if (only) values.clear();
  if (!only && values.has(id)) values.delete(id);
  else values.add(id);
  chosen.set(at, values);
  changed();
}

function chips() {
  const all = [];
  for (const [at, values] of chosen) {
    for (const id of values) {
      const label = `${FACETS[at].name}: ${FACETS[at].label(id)} ✕`;
      all.push(button(label, () => choose(FACETS[at].name, id), { className: "chip", ariaLabel: `Without ${FACETS[at].name} ${FACETS[at].label(id)}` }));
    }
  }
  if (span) all.push(button(`${clock(span[0])} to ${clock(span[1])} ✕`, () => { span = null; changed(); }, { className: "chip" }));
  if (all.length > 0 || words.length > 0) all.push(button("Show all", everything, { className: "chip" }));
  return all;
}

function everything() {
  chosen.clear();
  span = null;
  words = [];
  document.getElementById("search").value = "";
  changed();
}

const opened = new Set(["Level"]);
function facets() {
  return FACETS.map((facet, at) => {
    if (counts[at].size === 0 || (facet.name === "Since" && !isNew)) return null;
    const values = [...counts[at]].sort(facet.sort);
    const own = chosen.get(at) ?? new Set();
    const listed = values.filter(([id], place) => place < LISTED || own.has(id));
    const lines = listed.map(([id, count]) => h("li", null, button(
      h("span", null, facet.label(id)),
      () => choose(facet.name, id),
      { ariaPressed: String(own.has(id)), title: facet.label(id) },
    )));
    lines.forEach((line, place) => line.firstChild.append(h("span", { className: "count" }, thousands(listed[place][1]))));
    if (values.length > listed.length) lines.push(h("li", { className: "soft" }, `and ${thousands(values.length - listed.length)} more; search finds them`));
    return h("details", { open: opened.has(facet.name) || own.size > 0, ontoggle: (event) => opened[event.target.open ? "add" : "delete"](facet.name) },
      h("summary", null, `${facet.name} `, h("span", { className: "count" }, thousands(values.length))), h("ul", null, ...lines));
  }).filter(Boolean);
}
