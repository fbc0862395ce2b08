// Looks at every page of the site, or at those whose address holds a word: `node look.mjs FOLDER [WORD]`.
// TRAILHOUND_SHOTS names a folder for pictures of a few.
import { createServer } from "node:http";
import { mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { axe, launch, violations, wider } from "./browser.mjs";

const [root, word = ""] = process.argv.slice(2);
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
// Of pages that one template makes, axe reads these in the dark too, and pictures are taken of them.
const SHOWN = ["", "first-finding/", "comparison/", "detections/", "detections/machines-in-a-burst/", "runbooks/aws-late/",
  "reference/settings/", "reference/commands/", "log-lines/"];
const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json",
  ".svg": "image/svg+xml", ".png": "image/png" };

const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://site").pathname);
  const file = join(root, path.endsWith("/") ? path + "index.html" : path);
  try {
    const body = readFileSync(file);
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${server.address().port}`;

function pages(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return pages(path);
    return name === "index.html" ? [relative(root, folder) + (folder === root ? "" : "/")] : [];
  });
}

let faults = 0;
function fault(text) {
  faults += 1;
  console.error(text);
}

const browser = await launch("the site in a browser");

async function open(colorScheme) {
  const context = await browser.newContext({ colorScheme, viewport: PHONE, reducedMotion: "reduce" });
  await context.route("**/*", (route) => {
    // The index is of no use to who only looks, and costs every page more than all else.
    if (route.request().url().endsWith("/search.json")) return route.abort();
    if (route.request().url().startsWith(origin)) return route.continue();
    fault(`asks another host: ${route.request().url()}`);
    return route.abort();
  });
  const page = await context.newPage();
  // A machine that is busy with other things is slow, and no worse for it.
  page.setDefaultTimeout(300_000);
  return page;
}

async function narrow(page, at, { width }) {
  const wide = await wider(page);
  if (wide) fault(`${at}: wider than ${width}: ${wide}`);
}

async function accessible(page, at, scheme) {
  for (const violation of await violations(page)) fault(`${at} (${scheme}): ${violation}`);
}

async function picture(page, at, name) {
  if (!process.env.TRAILHOUND_SHOTS || !SHOWN.includes(at)) return;
  mkdirSync(process.env.TRAILHOUND_SHOTS, { recursive: true });
  const file = `${at.replace(/\//g, "-") || "home-"}${name}.png`;
  await page.screenshot({ path: join(process.env.TRAILHOUND_SHOTS, file) });
}

async function go(page, at) {
  const answer = await page.goto(`${origin}/${at}`, { waitUntil: "load" });
  if (!answer.ok()) fault(`${at}: status ${answer.status()}`);
  if (READ.has(at)) await page.evaluate(axe);
}

async function look(page, at, scheme) {
  await page.setViewportSize(PHONE);
  await go(page, at);
  await narrow(page, at, PHONE);
  if (READ.has(at)) await accessible(page, at, `${scheme}, phone`);
  await picture(page, at, `phone-${scheme}`);
  await page.setViewportSize(DESK);
  await narrow(page, at, DESK);
  if (SHOWN.includes(at)) {
    await accessible(page, at, `${scheme}, desk`);
    await picture(page, at, `desk-${scheme}`);
  }
}

const all = pages(root).sort().filter((at) => at.includes(word));
// Pages of rules and alarms are made by two templates, so axe reads one in ten of them; every page is measured.
const made = all.filter((at) => /^(detections|runbooks)\/./.test(at));
const READ = new Set([...all.filter((at) => !made.includes(at)), ...made.filter((_, index) => index % 10 === 0), ...SHOWN]);
const queue = all.map((at) => [at, "light"]).concat(SHOWN.filter((at) => all.includes(at)).map((at) => [at, "dark"]));
const began = Date.now();
await Promise.all([1, 2].map(async () => {
  const pages = { light: await open("light"), dark: await open("dark") };
  for (let next = queue.shift(); next; next = queue.shift()) await look(pages[next[1]], ...next);
}));
for (const at of SHOWN.filter((at) => !word && !all.includes(at))) fault(`${at}: is to be shown and is not there`);
await browser.close();
server.close();

const seconds = ((Date.now() - began) / 1000).toFixed(1);
console.log(`${all.length} pages at ${PHONE.width} and ${DESK.width} px in ${seconds} s, ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
