// Puts the parts together, and listens.
const KEYS = [["j, k", "next, previous"], ["Enter", "open the finding"], ["Escape", "close, or leave the search"], ["/", "search"],
  ["s, b, e", "mark as seen, benign, escalate"], ["t", "by time or by gravity"], ["?", "these keys"]];
const $ = (id) => document.getElementById(id);

const help = h("dialog", { id: "keys", ariaLabel: "Keys" }, list(KEYS), button("Close", () => help.close()));
const search = h("input", { id: "search", type: "search", placeholder: "Words, all of them", ariaLabel: "Search findings",
  oninput: () => { words = search.value.toLowerCase().split(/\s+/).filter(Boolean); changed(); } });
const order = button("By gravity", () => { byTime = !byTime; changed(); }, { id: "order" });
$("work").append(
  h("div", { className: "bar" }, search, order, h("span", { id: "count", role: "status" })),
  h("div", { id: "chips" }),
  h("div", { className: "seen" }, h("section", { id: "lanes", ariaLabel: "Time by identity and machine" }), h("section", { id: "attack", ariaLabel: "ATT&CK as seen" })),
  h("div", { className: "grid" },
    h("section", { id: "facets", ariaLabel: "Filters" }),
    h("div", { id: "list", role: "listbox", tabIndex: 0, ariaLabel: "Findings", onscroll: draw }, h("div", { id: "rows", role: "presentation" })),
    h("section", { id: "open", ariaLabel: "Finding", tabIndex: 0, hidden: true })));
document.body.append(help);
if (narrow.matches) opened.clear();

// What is shown is another; `stays` where the place in the list is the same.
function changed(stays) {
  const at = shown[active];
  filter();
  if (!stays) $("list").scrollTop = 0;
  active = stays ? Math.max(0, shown.indexOf(at)) : 0;
  $("count").textContent = shown.length === N ? `${thousands(N)} findings` : `${thousands(shown.length)} of ${thousands(N)} findings`;
  order.textContent = byTime ? "By time" : "By gravity";
  $("chips").replaceChildren(...chips());
  $("facets").replaceChildren(...facets());
  $("lanes").replaceChildren(h("h3", null, "Time"), ...lanes());
  $("attack").replaceChildren(h("h3", null, "ATT&CK as seen"), ...attack());
  draw();
  if (open >= 0) show(open);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const typing = /^(INPUT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape") {
    if (typing) $("list").focus();
    else shut();
    return;
  }
  if (typing) return;
  const acts = { j: () => move(1), k: () => move(-1), "/": () => search.focus(), "?": () => help.showModal(), t: () => order.click(),
    s: () => opineActive("seen"), b: () => opineActive("benign"), e: () => opineActive("escalate") };
  if (event.target.id === "list") Object.assign(acts, { ArrowDown: acts.j, ArrowUp: acts.k, PageDown: () => move(10), PageUp: () => move(-10),
    Home: () => move(-N), End: () => move(N), Enter: openActive });
  else if (event.target === document.body) acts.Enter = openActive;
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});
function openActive() {
  if (shown.length === 0) return;
  show(shown[active]);
  $("open-title").focus();
}
function opineActive(name) {
  const row = open >= 0 ? open : shown[active];
  if (row !== undefined) opine(row, name);
}

const dark = matchMedia("(prefers-color-scheme: dark)");
function scheme(next) {
  if (next) document.documentElement.dataset.theme = next;
  const isDark = (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  $("scheme").textContent = isDark ? "Light" : "Dark";
  return isDark;
}
$("scheme").onclick = () => scheme(scheme() ? "light" : "dark");
$("save").onclick = save;
$("help").onclick = () => help.showModal();
document.querySelector(".tools").hidden = false;
for (const own of document.querySelectorAll("[data-case]")) {
  own.hidden = false;
  own.onclick = () => { choose("Case", Number(own.dataset.case), true); $("work").scrollIntoView(); };
}
// Links into the plain list lead to the finding itself.
const rowOf = new Map(D.U.map((uid, row) => [uid, row]));
for (const own of document.querySelectorAll('a[href^="#finding-"]')) {
  own.onclick = (event) => {
    event.preventDefault();
    show(rowOf.get($(own.hash.slice(1)).dataset.uid));
    $("work").scrollIntoView();
    $("open-title").focus({ preventScroll: narrow.matches });
  };
}
scheme();
document.documentElement.classList.add("works");
$("work").hidden = N === 0;
changed();
addEventListener("resize", draw);
document.documentElement.dataset.ready = String(Math.round(performance.now()));
