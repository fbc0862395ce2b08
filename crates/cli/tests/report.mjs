// A report as a person uses it in a browser: `node report.mjs work REPORT FOLDER`, or `marked` for one that was given the marks
// which `work` saved. Says what is wrong, a line each, and nothing else; TRAILHOUND_SHOTS names a folder for pictures.
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { axe, launch, violations, wider } from "../../../xtask/site/browser.mjs";

const [what, report, folder] = process.argv.slice(2);
const DESK = { width: 1280, height: 900 }, PHONE = { width: 390, height: 844 };
const address = pathToFileURL(report).href;
const browser = await launch("the report in a browser");
const fault = (text) => console.log(text);

async function open(options, url = address) {
  const context = await browser.newContext({ reducedMotion: "reduce", acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  page.on("request", (request) => { if (request.url() !== url && !request.url().startsWith("blob:")) fault(`asks for ${request.url()}`); });
  page.on("pageerror", (error) => fault(`script error: ${error.stack}`));
  page.on("console", (message) => { if (message.type() === "error") fault(`console: ${message.text()}`); });
  await page.goto(url);
  return page;
}
const shot = (page, name) => process.env.TRAILHOUND_SHOTS && page.screenshot({ path: join(process.env.TRAILHOUND_SHOTS, `${name}.png`) });
const count = (page) => page.locator("#count").textContent();
const number = async (page) => Number((await count(page)).split(" ")[0].replace(",", ""));
const is = (told, got, wanted) => { if (got !== wanted) fault(`${told}: ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`); };

async function look(page, name, { width }) {
  const wide = await wider(page);
  if (wide) fault(`${name}: wider than ${width}: ${wide}`);
  await page.evaluate(axe).catch(async () => { await page.addScriptTag({ content: axe }); });
  for (const violation of await violations(page)) fault(`${name}: ${violation}`);
}

async function work() {
  const page = await open({ viewport: DESK });
  await shot(page, "desktop");
  await look(page, "desktop", DESK);
  const all = await number(page);
  const data = await page.evaluate(() => JSON.parse(document.getElementById("data").textContent));
  is("rows", all, data.R.length);

  // Filters narrow, together, and can be taken away.
  await page.locator("#facets button", { hasText: "critical" }).click();
  const critical = data.R.filter((row) => row[1] === 4).length;
  is("critical findings", await number(page), critical);
  is("rows that are not critical", await page.locator('#list .level:not(.critical)').count(), 0);
  await page.locator("#facets summary", { hasText: "Actor" }).click();
  await page.locator("#facets details", { hasText: "Actor" }).locator("li button").first().click();
  const both = await number(page);
  if (!(both > 0 && both <= critical)) fault(`critical by one actor: ${both} of ${critical}`);
  await page.locator(".chip", { hasText: "Show all" }).click();
  is("all again", await number(page), all);
  await page.locator("#cases [data-case]").first().click();
  is("findings of the first case", await number(page), data.C.filter((own) => own === 0).length);
  await page.locator(".chip", { hasText: "Show all" }).click();
  await page.locator("#lanes rect").first().click();
  if (!((await number(page)) < all)) fault("a moment of a lane shows all");
  await page.locator(".chip", { hasText: "Show all" }).click();

  // Search, from the keyboard.
  await page.locator("#list").focus();
  await page.keyboard.press("/");
  await page.keyboard.type("session-tunnel aws-ssm");
  const rule = "aws-ssm-session-tunnel";
  is("found by the words of a rule's name", await number(page), data.R.filter((row) => data.S[row[3]].startsWith(rule)).length);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  for (const part of ["Evidence", "Links", "If this is expected"]) {
    if ((await page.locator("#open h4", { hasText: part }).count()) !== 1) fault(`the finding does not show: ${part}`);
  }
  const why = await page.locator("#open section", { hasText: "Why this level" }).textContent();
  if (!/high because .* Risk \d+ of 100\..*\+\d+ level high/.test(why)) fault(`the level has no reason: ${why}`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type(" nosuchword");
  is("a search for what is not there", await number(page), 0);
  await page.locator("#search").fill("");
  await page.keyboard.press("Escape");
  is("the focus after Escape", await page.evaluate(() => document.activeElement.id), "list");

  // Keys move, open, mark and shut.
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const second = await page.locator('.row[aria-selected="true"] .what').textContent();
  await page.keyboard.press("Enter");
  is("what Enter opens", await page.locator("#open .lead").textContent(), second);
  for (const part of ["Why this level", "Facts", "Story"]) {
    if ((await page.locator("#open h4", { hasText: part }).count()) !== 1) fault(`the finding does not show: ${part}`);
  }
  await page.locator("#work").scrollIntoViewIfNeeded();
  await look(page, "a finding", DESK);
  await page.keyboard.press("e");
  await page.locator("#note").fill("ask dana </script><b>");
  await page.locator("#note").blur();
  await page.evaluate(() => document.getElementById("work").scrollIntoView());
  await shot(page, "finding");
  await page.keyboard.press("Escape");
  is("shut", await page.locator("#open").isVisible(), false);
  await page.keyboard.press("?");
  is("help", await page.locator("#keys").isVisible(), true);
  await page.keyboard.press("Escape");
  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("#save").click()]);
  await saved.saveAs(join(folder, "triage.json"));
  const marks = Object.values(JSON.parse(readFileSync(join(folder, "triage.json"), "utf8")).marks);
  is("marks", JSON.stringify(marks.map(({ mark, note }) => [mark, note])), JSON.stringify([["escalate", "ask dana </script><b>"]]));
  await page.locator("#scheme").click();
  is("the other scheme", await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(18, 22, 28)");

  const dark = await open({ viewport: DESK, colorScheme: "dark" });
  await look(dark, "dark", DESK);
  await shot(dark, "dark");
  const phone = await open({ viewport: PHONE });
  await look(phone, "phone", PHONE);
  await shot(phone, "phone");
  await phone.locator(".row").first().click();
  await look(phone, "a finding on a phone", PHONE);
  const plain = await open({ viewport: PHONE, javaScriptEnabled: false });
  is("without a script, the work", await plain.locator("#work").isVisible(), false);
  is("without a script, the findings", await plain.locator("#plain article").count(), Math.min(200, all));
  is("without a script, the cases", (await plain.locator(".case").count()) > 0, true);

  const paper = await open({ viewport: DESK });
  const pdf = (await paper.pdf({ format: "A4", path: join(folder, "report.pdf") })).toString("latin1");
  const sheets = pdf.match(/\/Type\s*\/Page\b(?!s)/g).length;
  if (sheets > 2) fault(`prints on ${sheets} sheets`);
}

async function marked() {
  const page = await open({ viewport: DESK });
  is("marks in the list", (await page.locator("#list .mark").allTextContents()).join(), "escalate,note");
  await page.locator("#list .row", { has: page.locator(".mark") }).click();
  is("the note", await page.locator("#note").inputValue(), "ask dana </script><b>");
  await page.locator("#facets summary", { hasText: "Triage" }).click();
  await page.locator("#facets button", { hasText: "escalate" }).click();
  is("escalated", await number(page), 1);
  const plain = await open({ viewport: DESK, javaScriptEnabled: false });
  is("the note without a script", await plain.locator("#plain .note").textContent(), "Note: ask dana </script><b>");
}

await { work, marked }[what]();
await browser.close();
