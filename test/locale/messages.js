// The messages in locale/: the same keys and arguments in every language, none missing that code, templates
// or kinds ask for, none that nobody asks for: node test/locale/messages.js
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { tally } from "../house/node.js";

const files = (folder) => readdirSync(folder).map((name) => join(folder, name)).flatMap((path) => (statSync(path).isDirectory() ? files(path) : [path]));
const text = (path) => readFileSync(path, "utf8");
const json = (path) => JSON.parse(text(path));
const languages = readdirSync("locale").filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
const messages = Object.fromEntries(languages.map((lang) => [lang, json(`locale/${lang}.json`)]));
const english = messages.en;

// Names of the arguments: what stands behind a brace and before a comma or brace, outside the cases' names.
function argumentsOf(pattern) {
  const names = new Set();
  const plain = pattern.replace(/''/g, "").replace(/'\{[^']*'/g, "");
  for (const [, name] of plain.matchAll(/\{\s*([\w.-]+)\s*(?=[,}])/g)) {
    const before = plain.slice(0, plain.indexOf(`{${name}`));
    if (!/(?:^|[\s}])(?:=\d+|zero|one|two|few|many|other|true|string|number|integer|boolean|object|array|null)\s*$/.test(before)) names.add(name);
  }
  return [...names].sort().join(" ");
}

for (const lang of languages) {
  const missing = Object.keys(english).filter((key) => !(key in messages[lang]));
  const extra = Object.keys(messages[lang]).filter((key) => !(key in english));
  tally.check(!missing.length, `no message is missing in ${lang}`, missing.join(" "));
  tally.check(!extra.length, `${lang} has no message that English lacks`, extra.join(" "));
  const others = Object.keys(english).filter((key) => messages[lang][key] && argumentsOf(english[key]) !== argumentsOf(messages[lang][key]));
  tally.check(!others.length, `${lang} mentions the same arguments as English`,
    ...others.map((key) => `${key}: "${argumentsOf(english[key])}" and "${argumentsOf(messages[lang][key])}"`));
  const empty = Object.keys(messages[lang]).filter((key) => !messages[lang][key].trim());
  tally.check(!empty.length, `no message of ${lang} is empty`, empty.join(" "));
}

// Behind Arabic letters a date with hyphens is read from its day to its year, unless it is isolated (U+2066 … U+2069).
const turned = Object.keys(messages.ar).filter((key) => /\d-\d/.test(messages.ar[key].replace(/\u2066[^\u2069]*\u2069/g, "")));
tally.check(!turned.length, "no date of ar is turned around", turned.join(" "));

// What is asked for.
const literals = new Set();
for (const path of files("src"))
  if (/\.(c|h|def)$/.test(path)) for (const [, s] of text(path).matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) literals.add(s);
const templates = new Set(), parts = [];
for (const path of files("pages"))
  for (const [, key] of text(path).matchAll(/\{\{#t\}\}(.*?)\{\{\/t\}\}/g)) {
    if (key.includes("{{")) parts.push(new RegExp(`^${key.replace(/[.]/g, "\\.").replace(/\{\{.*?\}\}/g, ".+")}$`));
    else templates.add(key);
  }

const kinds = readdirSync("kinds").filter((name) => !name.startsWith("_")).map((name) => [name.slice(0, -5), json(`kinds/${name}`)]);
const fields = new Set(), choices = new Set(), groups = new Set(), units = new Set();
(function walk(node) {
  if (Array.isArray(node)) return node.forEach(walk);
  if (!node || typeof node !== "object") return;
  for (const name of Object.keys(node.properties || {})) fields.add(name);
  if (Array.isArray(node.enum)) node.enum.forEach((value) => choices.add(value)); // a property may be called so
  if (node["x-unit"]) units.add(node["x-unit"]);
  Object.values(node).forEach(walk);
})([json("kinds/_defs.json"), kinds]);
for (const [, kind] of kinds) groups.add(kind["x-group"]);

const wanted = new Set(templates);
for (const [name] of kinds) for (const key of [`kind.${name}`, `kind.${name}.plural`, `about.${name}`]) wanted.add(key);
for (const group of groups) wanted.add(`group.${group}`);
for (const field of fields) wanted.add(`field.${field}`);
for (const choice of choices) if (typeof choice === "string") wanted.add(`choice.${choice}`);
for (const unit of units) wanted.add(`unit.${unit}`);
for (const key of ["json", ...[...text("src/format/formats.def").matchAll(/FORMAT\("([\w.]+)"/g), ...text("src/web/rows.def").matchAll(/ROWS\("([\w.]+)"/g)].map((m) => m[1])]) wanted.add(`format.${key}`);
for (const [, key] of text("src/base/errors.def").matchAll(/"(error\.[a-z-]+)"/g)) wanted.add(key);
for (const [, name] of text("src/data/flags.def").matchAll(/^FLAG\(\w+, "([\w-]+)"/gm)) wanted.add(`flag.${name}`).add(`flag.${name}.do`);
for (const state of ["looking", "waiting", "importing", "done", "failed"]) wanted.add(`import.state.${state}`);
for (const path of files("src/data").filter((name) => name.endsWith(".c"))) {
  for (const [, name] of text(path).matchAll(/doubt(?:_add)?\([^;]*?"([a-z-]+)"/g)) wanted.add(`doubt.${name}`);
  for (const [, name] of text(path).matchAll(/"doubt", S\("([a-z-]+)"\)/g)) wanted.add(`doubt.${name}`);
  for (const [, name] of text(path).matchAll(/laid_bad\([^;]*?"([a-z-]+)"/g)) wanted.add(`aside.${name}`);
}
for (const [, name] of text("src/data/aside.c").matchAll(/\{ "[A-Z ]+", "([a-z-]+)" \}/g)) wanted.add(`aside.${name}`);
for (const [, name] of text("src/data/column_types.def").matchAll(/^COLUMN_TYPE\(\w+, *"(\w+)"/gm)) wanted.add(`aside.not-${name}`);
for (const name of ["not-read", "not-point", "name-twice", "no-characters"]) wanted.add(`aside.${name}`);
for (const state of ["draft", "review", "published", "withdrawn"]) wanted.add(`state.${state}`);
for (const name of ["empty", "unknown", "done", "running", "late", "planned", "stopped", "unreported"]) wanted.add(`progress.${name}`);
const families = new Set(Object.keys(english).map((key) => key.split(".")[0]));
for (const s of literals)
  if (/^[a-z-]+(\.[\w-]+)+$/.test(s) && families.has(s.split(".")[0]) && english[s] !== undefined) wanted.add(s);

// A choice that some kind or field names in its own way needs no shared word.
const own = (key) => key.startsWith("choice.") && Object.keys(english).some((other) => other.startsWith("choice.") && other !== key && other.endsWith(key.slice(6)));
const missing = [...wanted].filter((key) => english[key] === undefined && !own(key));
tally.check(!missing.length, "every message that code, templates and kinds ask for is there", missing.sort().join(" "));

const prefixes = ["sort.", "audience.", "certainty.", "problem.format."];
const ownWord = (key) => /^(field|choice)\./.test(key) && kinds.some(([name]) => key.startsWith(`field.${name}.`) || key.startsWith(`choice.${name}.`));
const unused = Object.keys(english).filter((key) =>
  key !== "_name" && !wanted.has(key) && !ownWord(key) && !prefixes.some((p) => key.startsWith(p)) &&
  !key.endsWith(".detail") && !parts.some((pattern) => pattern.test(key)) && !literals.has(key));
tally.check(!unused.length, "no message is there that nobody asks for", unused.join(" "));
tally.close();
