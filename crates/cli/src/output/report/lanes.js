// Time by identity and machine, and ATT&CK as seen, of what is shown. So many lanes and so many steps of time, however much there is.
const LANES = 6, STEPS = 96;
const SVG = "http://www.w3.org/2000/svg";
function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function lanes() {
  let first = Infinity, last = -Infinity;
  for (const row of shown) {
    const at = R[row][TIME];
    if (at !== null) { first = Math.min(first, at); last = Math.max(last, at); }
  }
  if (first === Infinity) return [h("p", { className: "soft" }, "Nothing that is shown has a time.")];
  const width = Math.max(1, last - first + 1);
  const kinds = ["Actor", "Machine"].map((name) => FACETS.findIndex((facet) => facet.name === name));
  const out = [];
  for (const at of kinds) {
    const facet = FACETS[at];
    const most = new Map();
    for (const row of shown) {
      for (const id of facet.of(row)) {
        const own = most.get(id) ?? [id, 0, 0];
        own[1] = Math.max(own[1], R[row][LEVEL]);
        own[2] += 1;
        most.set(id, own);
      }
    }
    const chosenLanes = [...most.values()].filter(([id]) => S[id]).sort((one, other) => other[1] - one[1] || other[2] - one[2]);
    if (chosenLanes.length === 0) continue;
    out.push(h("h4", null, facet.name === "Actor" ? "Identities" : "Machines",
      h("span", { className: "soft" }, chosenLanes.length > LANES ? ` the gravest ${LANES} of ${thousands(chosenLanes.length)}` : "")));
    for (const [id, level, count] of chosenLanes.slice(0, LANES)) out.push(lane(facet, id, level, count, first, width));
  }
  out.push(h("p", { className: "axis soft" }, h("span", null, clock(first)), h("span", null, clock(last))));
  return out;
}

function lane(facet, id, level, count, first, width) {
  const bins = new Array(STEPS).fill(-1);
  for (const row of shown) {
    if (R[row][TIME] === null || !facet.of(row).includes(id)) continue;
    const bin = Math.floor(((R[row][TIME] - first) / width) * STEPS);
    bins[bin] = Math.max(bins[bin], R[row][LEVEL]);
  }
  const bars = bins.flatMap((own, bin) => own < 0 ? [] : [
    svg("rect", { x: bin + 0.1, width: 0.9, y: 10 - (own + 1) * 2, height: (own + 1) * 2, class: LEVELS[own], "data-bin": bin })]);
  const drawn = svg("svg", { viewBox: `0 0 ${STEPS} 10`, preserveAspectRatio: "none", role: "img",
    "aria-label": `${S[id]}: ${count} findings, the gravest ${LEVELS[level]}` }, ...bars);
  drawn.addEventListener("click", (event) => {
    const bin = Number(event.target.dataset?.bin);
    if (Number.isNaN(bin)) return;
    span = [Math.floor(first + (bin * width) / STEPS), Math.ceil(first + ((bin + 1) * width) / STEPS)];
    choose(facet.name, id, true);
  });
  return h("div", { className: "lane" }, button(S[id], () => choose(facet.name, id, true), { title: S[id] }), drawn);
}

function attack() {
  const at = FACETS.findIndex((facet) => facet.name === "Technique");
  const tactics = new Map();
  for (const [id, count] of [...counts[at]].sort((one, other) => other[1] - one[1])) {
    const tactic = D.techniques[id]?.[1][0] ?? "Other";
    if (!tactics.has(tactic)) tactics.set(tactic, []);
    tactics.get(tactic).push(h("li", null, button(`${id} ${D.techniques[id]?.[0] ?? ""} `, () => choose("Technique", id, true), null)));
    tactics.get(tactic).at(-1).firstChild.append(h("span", { className: "count" }, thousands(count)));
  }
  return [...tactics].map(([tactic, lines]) => h("div", null, h("h4", null, tactic), h("ul", null, ...lines)));
}
