// docs/reference/cli.md, from the program that the command line runs.

import { heading, table } from "./markdown.mjs";

const intro = `
\`npx potstill <command>\`; \`npx potstill help <command>\` shows the same. Messages go to stderr; with
\`--json\` stdout holds one JSON object per line and nothing else. Exit codes: 0 done, 1 failed, 2 wrong
usage or recipe, 130 and 143 stopped by SIGINT or SIGTERM after saving.
`;

/** @param program commander's */
export function cliPage(program) {
  const commands = program.commands.flatMap((each) => leaves(each, []));
  return [heading("Command line"), intro, ...commands.map(section)].join("\n");
}

function leaves(command, path) {
  const own = [...path, command.name()];
  if (command.commands.length === 0) return [{ command, name: own.join(" ") }];
  const inner = command.commands.flatMap((each) => leaves(each, own));
  // One that does something by itself, too.
  return command.registeredArguments.length > 0
    ? [{ command, name: own.join(" ") }, ...inner]
    : inner;
}

function section({ command, name }) {
  const args = command.registeredArguments;
  const usage = [name, ...args.map(shown), ...(command.options.length > 0 ? ["[options]"] : [])];
  const rows = [
    ...args.map((each) => [`\`${shown(each)}\``, withDefault(each)]),
    ...command.options.map((each) => [`\`${each.flags}\``, withDefault(each)]),
  ];
  return [
    `## ${name}`,
    "",
    `\`potstill ${usage.join(" ")}\`: ${command.description()}`,
    "",
    ...(rows.length > 0 ? [table(["", ""], rows), ""] : []),
  ].join("\n");
}

function shown(argument) {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function withDefault({ description, defaultValue, mandatory, negate }) {
  const notes = mandatory ? ["required"] : [];
  const plain = typeof defaultValue === "string" || typeof defaultValue === "number";
  if (plain && !negate) notes.push(`default ${defaultValue}`);
  return notes.length > 0 ? `${description} (${notes.join(", ")})` : description;
}
