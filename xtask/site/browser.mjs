// What looks at pages in Chromium share: the browser that is there, axe, and what is wider than its window.
// NODE_PATH is where playwright-core and axe-core are.
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const require = createRequire(join(process.env.NODE_PATH, "from-here.js"));
const { chromium } = require("playwright-core");
const BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

export const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// Starts the browser, or ends with 0 and a line that says why not.
export async function launch(what) {
  const folders = ["", ...process.env.PATH.split(delimiter)];
  const names = process.env.TRAILHOUND_CHROMIUM ? [process.env.TRAILHOUND_CHROMIUM] : BROWSERS;
  const executablePath = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (!executablePath) {
    console.log(`SKIPPED ${what}: none of ${names.join(", ")} is installed`);
    process.exit(0);
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-extensions"] });
}

// How wide a page is that is wider than its window, and what of it is.
export function wider(page) {
  return page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return null;
    const name = (element) => element.tagName.toLowerCase() + "." + element.className;
    const beyond = [...document.querySelectorAll("main *")].filter((element) => element.getBoundingClientRect().right > most + 1);
    return `${document.documentElement.scrollWidth} (${beyond.slice(0, 3).map(name).join(", ")})`;
  });
}

// What axe, which the page has been given, finds in it.
export function violations(page) {
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id} ×${nodes.length}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary.split("\n")[1] ?? ""}`);
  });
}
