// The data, and what a row says. The order of the columns is that of `table.rs`.
const D = JSON.parse(document.getElementById("data").textContent);
const S = D.S, R = D.R, N = R.length;
const LEVELS = ["informational", "low", "medium", "high", "critical"];
const TIME = 0, LEVEL = 1, SCORE = 2, RULE = 3, ACTOR = 4, ACCOUNT = 5, ADDRESS = 6, REGION = 7, OUTCOME = 8, TECHNIQUES = 9, MACHINES = 10;
const TITLE = 11, MESSAGE = 12, CHECK = 13, REASONS = 14, ORIGIN = 15, LINKS = 16, CONTAIN = 17, SUPPRESSION = 18, EVIDENCE = 19, WHY = 20, BEHIND = 21, PARTS = 22;
const VALUES = 23;
const HOLES = /[\uE000-\uF8FF]/g;
const isNew = D.new && new Set(D.new);

const text = (row, column) => S[R[row][column]];
// A template with the values of its row.
const told = (row, column) => S[R[row][column]].replace(HOLES, (hole) => S[R[row][VALUES + hole.charCodeAt(0) - 0xE000]]);
const pairs = (row, column) => told(row, column).split("\n").filter(Boolean).map((line) => line.split("\t"));
const clock = (seconds) => seconds === null ? "time unknown" : new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
const day = (row) => R[row][TIME] === null ? "unknown" : clock(R[row][TIME]).slice(0, 10);
const split = new Map();
function techniques(row) {
  const id = R[row][TECHNIQUES];
  if (!split.has(id)) split.set(id, S[id].split(" ").filter(Boolean));
  return split.get(id);
}

// An element; texts are texts and never markup.
function h(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && key !== "list" && key !== "role") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
const badge = (level) => h("span", { className: `level ${LEVELS[level]}` }, level === 0 ? "info" : LEVELS[level]);
const button = (label, act, more) => h("button", { type: "button", onclick: act, ...more }, label);
const thousands = (count) => count.toLocaleString("en-US");
