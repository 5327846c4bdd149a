// docs/reference/recipe.md, from the JSON Schema of recipes and the names that they may use.

import { heading, table } from "./markdown.mjs";

const intro = `
A recipe is YAML or JSON; its keys are the options of \`distill()\` or \`train()\`, so
[training](../training.md) says what they do. \`potstill schema > recipe.schema.json\` writes the schema
for editors. Unknown keys are errors, with the nearest name. Paths start at the recipe's folder.

\`\${NAME}\` and \`\${NAME:-default}\` in a value are environment variables; \`$\${NAME}\` stays as it is.
\`--set key.of.a.mapping=value\` overrides a key from the command line.

Things that are made (models, losses, optimizers, schedules, data sets) are a name, or a mapping of a
name to its arguments: \`crossEntropy\`, \`response: { temperature: 4 }\`, \`nn.conv2d: [1, 32, 3, { padding: 1 }]\`.
`;

/**
 * @param schemas JSON Schemas of the recipes, `{ distill, train }`
 * @param names what may be named, by kind
 */
export function recipePage(schemas, names) {
  const train = Object.keys(schemas.train.properties);
  const distill = Object.keys(schemas.distill.properties);
  const only = train.filter((key) => !distill.includes(key));
  const lists = Object.entries(names).map(([kind, list]) => [kind, list.map(code).join(", ")]);
  return [
    heading("Recipe"),
    intro,
    "## Names\n",
    table(["key", "names"], lists),
    "\nWhat they take: [losses](../losses/README.md), and the API's pages of `nn`, `models`, `optim`,",
    "`schedules`, `datasets` and `connectors`.\n",
    "## Keys for distill\n",
    table(["key", "value", "meaning"], rows(schemas.distill, "")),
    "\n## Keys for train\n",
    `Those above without ${distill
      .filter((key) => !train.includes(key))
      .map(code)
      .join(", ")}; and\n`,
    table(
      ["key", "value", "meaning"],
      rows({ ...schemas.train, properties: pick(schemas.train.properties, only) }, ""),
    ),
    "",
  ].join("\n");
}

function code(name) {
  return `\`${name}\``;
}

function pick(record, keys) {
  return Object.fromEntries(keys.map((key) => [key, record[key]]));
}

/** Keys with what they hold; each way to write a value may have keys of its own. */
function rows(schema, prefix) {
  const required = schema.required ?? [];
  const found = new Map();
  for (const [key, each] of Object.entries(schema.properties)) {
    const name = prefix + key;
    const text = [...(required.includes(key) ? ["Required."] : []), each.description ?? ""];
    if (key in asElsewhere) text.push(asElsewhere[key]);
    found.set(name, [`\`${name}\``, kindOf(each), text.join(" ").trim()]);
    for (const { schema: inner, list } of objectsIn(each)) {
      const own = key in asElsewhere ? onlyOwn(inner, asElsewhere[key]) : inner;
      for (const row of rows(own, `${name}${list ? "[]" : ""}.`)) {
        const [named] = row;
        if (!found.has(named)) found.set(named, row);
      }
    }
  }
  return [...found.values()];
}

/** What is described where it stands first. */
const asElsewhere = {
  teachers: "Each as `teacher`.",
  train: "Beside `model` the keys of a training, as the recipe itself has them.",
};

function onlyOwn(schema, said) {
  const keys = said.includes("`model`") ? ["model"] : [];
  return { ...schema, properties: pick(schema.properties, keys) };
}

/** Mappings with keys of their own that a value may be. */
function objectsIn(schema, list = false) {
  if (schema.anyOf) return schema.anyOf.flatMap((each) => objectsIn(each, list));
  if (schema.type === "array" && !Array.isArray(schema.items) && schema.items) {
    return objectsIn(schema.items, true);
  }
  return schema.properties ? [{ schema, list }] : [];
}

function kindOf(schema) {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kindOf))].join(" or ");
  if (schema.enum) return schema.enum.map((each) => code(String(each))).join(", ");
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.type === "array") {
    if (schema.prefixItems) return `list of ${schema.prefixItems.length}`;
    return `list of ${kindOf(schema.items ?? {})}`;
  }
  if (schema.type === "object") return "mapping";
  if (schema.type === "integer") return `whole number${bounds(schema)}`;
  if (schema.type === "number") return `number${bounds(schema)}`;
  return { string: "text", boolean: "true or false", null: "null" }[schema.type] ?? "anything";
}

function bounds({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }) {
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const parts = [];
  if (minimum !== undefined) parts.push(`at least ${minimum}`);
  if (exclusiveMinimum !== undefined) parts.push(`above ${exclusiveMinimum}`);
  if (most !== undefined) parts.push(`at most ${most}`);
  if (exclusiveMaximum !== undefined) parts.push(`below ${exclusiveMaximum}`);
  return parts.length > 0 ? ` ${parts.join(", ")}` : "";
}
