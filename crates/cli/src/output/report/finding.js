// One finding: what, why, its story, what to do, and what somebody thinks of it.
const STORY = 30;
let open = -1;

function part(name, ...children) {
  return h("section", null, h("h4", null, name), ...children);
}

function snippet(name, content) {
  const pre = h("pre", { tabIndex: 0 }, content);
  const copy = button("Copy", () => {
    getSelection().selectAllChildren(pre);
    navigator.clipboard?.writeText(content).then(() => { copy.textContent = "Copied"; }, () => {});
  });
  return part(name, pre, copy);
}

function list(all) {
  return h("dl", null, ...all.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

function view(row) {
  const own = markOf(row), reasons = told(row, REASONS).split("\n").filter(Boolean);
  const facts = [["Time", `${clock(R[row][TIME])} UTC`], ["Rule", text(row, RULE)], ["Who", text(row, ACTOR)], ["Behind it", told(row, BEHIND)],
    ["Machines", R[row][MACHINES].map((id) => S[id]).join(", ")], ["Account", text(row, ACCOUNT)], ["Region", text(row, REGION)],
    ["Address", text(row, ADDRESS)], ["Outcome", text(row, OUTCOME)],
    ["ATT&CK", techniques(row).map((id) => `${id} ${D.techniques[id]?.[0] ?? ""}`).join(", ")], ["Record", told(row, ORIGIN)], ["Id", D.U[row]]];
  const links = pairs(row, LINKS).map(([what, url]) => h("a", { href: /^https:\/\//.test(url) ? url : "#", rel: "noreferrer", target: "_blank" }, what));
  const note = h("textarea", { id: "note", rows: 2, value: own.note, maxLength: 2000, onchange: () => { mark(row, { note: note.value }); changed(true); } });
  const marked = ["seen", "benign", "escalate"].map((name) =>
    button(name, () => opine(row, name), { ariaPressed: String(own.mark === name) }));
  return [
    h("p", { className: "acts" }, badge(R[row][LEVEL]), isNew?.has(row) && h("span", { className: "mark" }, "new"), button("Close", shut, { className: "shut" })),
    h("h3", { tabIndex: -1, id: "open-title" }, told(row, TITLE)),
    h("p", { className: "lead" }, told(row, MESSAGE)),
    h("div", { role: "group", ariaLabel: "Triage", className: "acts" }, ...marked),
    h("label", { htmlFor: "note" }, "Note"), note,
    part("Why this level", h("p", null, reasons.length > 0
      ? `It is ${reasons.join(", then ")}.` : `The rule says ${LEVELS[R[row][LEVEL]]}; nothing moved it.`, ` Risk ${R[row][SCORE]} of 100.`),
      told(row, PARTS) && h("ul", { className: "soft" }, ...told(row, PARTS).split("\n").map((own) => h("li", null, own)))),
    told(row, CHECK) && part("Next", h("p", null, told(row, CHECK))),
    part("Facts", list(facts.filter(([, value]) => value))),
    links.length > 0 && part("Links", h("p", { className: "acts" }, ...links)),
    story(row),
    told(row, CONTAIN) && snippet("Contain it", told(row, CONTAIN)),
    told(row, WHY) && snippet("Why it matched", told(row, WHY)),
    told(row, EVIDENCE) && part("Evidence", list(pairs(row, EVIDENCE))),
    told(row, SUPPRESSION) && snippet("If this is expected: a suppression for this case, to be reviewed", told(row, SUPPRESSION)),
  ].filter(Boolean);
}

function story(row) {
  const own = D.C[row], all = [];
  for (const other of inTime()) if (D.C[other] === own) all.push(other);
  if (all.length < 2) return null;
  const from = Math.max(0, Math.min(all.indexOf(row) - STORY / 2, all.length - STORY));
  const steps = all.slice(from, from + STORY).map((other) => h("li", other === row ? { ariaCurrent: "true" } : null,
    h("time", null, clock(R[other][TIME])), " ", badge(R[other][LEVEL]), " ", other === row ? told(other, MESSAGE) : button(told(other, MESSAGE), () => show(other), { className: "link" })));
  return part("Story", h("p", { className: "soft" }, D.cases[own][2]), h("ol", { className: "story" }, ...steps),
    all.length > STORY && h("p", { className: "soft" }, `${thousands(all.length)} findings in all`),
    button("Show its case", () => choose("Case", own, true)));
}

function opine(row, name) {
  mark(row, { mark: markOf(row).mark === name ? "" : name });
  changed(true);
}

function show(row) {
  open = row;
  const panel = document.getElementById("open");
  panel.replaceChildren(...view(row));
  panel.hidden = false;
  document.getElementById("work").classList.add("has-open");
  panel.scrollTop = 0;
}

function shut() {
  if (open < 0) return;
  open = -1;
  document.getElementById("open").hidden = true;
  document.getElementById("work").classList.remove("has-open");
  document.getElementById("list").focus();
}
