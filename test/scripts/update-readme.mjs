// npm run docs: renews the tables of README.md from the code. test/docs.test.ts fails when they are stale.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = new URL("../../", import.meta.url);
const load = (file) => import(new URL(`dist/src/${file}.js`, root).href);

/** The text with every generated part renewed. @throws when a part has no markers, or markers have no part */
export async function renewReadme(text) {
  const parts = await makeParts();
  const marked = [...text.matchAll(/<!-- ([a-z-]+):begin -->/g)].map(([, name]) => name);
  if (marked.sort().join() !== Object.keys(parts).sort().join()) {
    throw new Error(`README.md marks ${marked}; there are ${Object.keys(parts)}`);
  }
  return Object.entries(parts).reduce((before, [name, part]) => {
    const between = new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*?(<!-- ${name}:end -->)`);
    return before.replace(between, (_, begin, end) => `${begin}\n${part}\n\n${end}`);
  }, text);
}

async function makeParts() {
  const { listRules } = await load("check/load-rules");
  const { REASONS } = await load("plan/reasons");
  const { EXIT_CODE_HELP } = await load("cli/exit-codes");
  const { createProgram } = await load("cli/program");
  const { getReporter, listReporters } = await load("report/load-reporters");
  const program = createProgram({ stdout: process.stdout, stderr: process.stderr }, () => {});
  const reporters = await Promise.all(listReporters().map(getReporter));
  const exits = [...EXIT_CODE_HELP.matchAll(/^ {2}(\d+) +(.+)$/gm)];
  return {
    commands: commandsOf(program).map(describeCommand).join("\n\n"),
    "exit-codes": table(
      ["code", "meaning"],
      exits.map(([, code, meaning]) => [code, meaning]),
    ),
    formats: table(
      ["format", "for"],
      reporters.map(({ name, describe }) => [`\`${name}\``, describe]),
    ),
    rules: table(
      ["rule", "level", "what it finds"],
      listRules().map(({ id, severity, docs }) => [`\`${id}\``, severity, docs.what]),
    ),
    reasons: table(
      ["code", "meaning"],
      Object.entries(REASONS).map(([code, { meaning }]) => [`\`${code}\``, meaning]),
    ),
  };
}

/** Commands that do something: those with an action of their own, groups opened. */
function commandsOf(command, prefix = "rewire-abort") {
  return command.commands.flatMap((child) => {
    const name = `${prefix} ${child.name()}`;
    return child.commands.length > 0 ? commandsOf(child, name) : [{ name, command: child }];
  });
}

function describeCommand({ name, command }) {
  const operands = command.registeredArguments.map((one) =>
    one.required ? `<${one.name()}>` : `[${one.name()}]`,
  );
  const options = command.options.map(({ flags, description }) => `- \`${flags}\` ${description}`);
  return [`**\`${[name, ...operands].join(" ")}\`** ${command.description()}`, "", ...options]
    .join("\n")
    .trimEnd();
}

function table(head, rows) {
  const row = (cells) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = fileURLToPath(new URL("README.md", root));
  writeFileSync(file, await renewReadme(readFileSync(file, "utf8")));
}
