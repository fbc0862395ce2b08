// What people thought of findings: kept in this browser until saved, and in the file that `scan --triage` reads.
const KEPT = `trailhound-triage-${D.id}`;
const marks = { ...D.marks };
let unsaved = 0;

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}
for (const [uid, own] of Object.entries(remembered())) {
  if (!marks[uid] || own.at > marks[uid].at) marks[uid] = own;
}

const markOf = (row) => marks[D.U[row]] ?? { mark: "", note: "", at: "" };

function mark(row, change) {
  marks[D.U[row]] = { ...markOf(row), ...change, at: new Date().toISOString().slice(0, 19) + "Z" };
  unsaved += 1;
  try {
    localStorage.setItem(KEPT, JSON.stringify(marks));
  } catch {
    // A browser that keeps nothing for files: the button saves.
  }
  document.getElementById("save").textContent = "Save triage *";
}

function save() {
  const sorted = Object.fromEntries(Object.entries(marks).sort(([one], [other]) => (one < other ? -1 : 1)));
  const file = new Blob([JSON.stringify({ trailhound_triage: 1, marks: sorted }, null, 1) + "\n"], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(file), download: "triage.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  unsaved = 0;
  document.getElementById("save").textContent = "Save triage";
}
addEventListener("beforeunload", (event) => {
  if (unsaved > 0) event.preventDefault();
});
