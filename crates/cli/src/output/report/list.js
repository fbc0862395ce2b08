// The list: only the rows that are in sight are there.
let active = 0, height = 0;
const narrow = matchMedia("(max-width: 700px)");

function line(row, place) {
  const own = markOf(row);
  return h("div", { role: "option", id: `row-${row}`, className: "row", ariaSelected: String(place === active), ariaSetSize: String(shown.length),
    ariaPosInSet: String(place + 1), onclick: () => { active = place; draw(); show(row); } },
  badge(R[row][LEVEL]), h("time", null, clock(R[row][TIME])),
  h("span", { className: "what" }, told(row, MESSAGE)),
  own.mark && h("span", { className: "mark" }, own.mark), own.note && h("span", { className: "mark" }, "note"), isNew?.has(row) && h("span", { className: "mark" }, "new"));
}

function draw() {
  const list = document.getElementById("list"), rows = document.getElementById("rows");
  height = narrow.matches ? 84 : 40;
  list.style.setProperty("--row", `${height}px`);
  rows.style.height = `${Math.max(1, shown.length) * height}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / height) - 5);
  const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / height) + 10);
  const lines = [];
  for (let place = first; place < last; place += 1) {
    const own = line(shown[place], place);
    own.style.top = `${place * height}px`;
    lines.push(own);
  }
  rows.replaceChildren(...lines);
  if (active >= first && active < last) list.setAttribute("aria-activedescendant", `row-${shown[active]}`);
  else list.removeAttribute("aria-activedescendant");
}

function move(by) {
  active = Math.max(0, Math.min(shown.length - 1, active + by));
  const list = document.getElementById("list"), top = active * height;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
  draw();
  if (open >= 0 && shown.length > 0) show(shown[active]);
}
