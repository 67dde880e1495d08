// Writes the reference pages that follow from the code: kinds, commands, errors, checks, routes, lint rules. A test
// compares them with what is committed, so they cannot rot. Run: npx tracewire does not need this; developers do:
//   node docs/generate.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS, KINDS, kindSpec, type Kind } from "../src/casefile/casefile.ts";
import { can, RIGHTS, ROLE_NAMES, type Right } from "../src/accounts/accounts.ts";
import { allCommands, optionsOf } from "../src/cli.ts";
import { COMMAND_ROWS, DESK_ROWS } from "../src/cli/parity.ts";
import { deskApp, type Rule } from "../src/desk/desk.ts";
import { ERRORS } from "../src/errors.ts";
import { LINT_RULES } from "../src/press/press.ts";
import { API_ROUTES, type ApiField } from "../src/api/api.ts";
import { ROUTES } from "../src/site/site.ts";

const table = (head: string[], rows: string[][]): string =>
  [
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`),
  ].join("\n");
const generated = "<!-- Written by docs/generate.ts from the code; edit the code. -->";

const fieldWords = (fields: readonly ApiField[]): string => fields.map(({ name, needed }) => (needed ? `**\`${name}\`**` : `\`${name}\``)).join(" ");

export async function referencePages(): Promise<Record<string, string>> {
  const commands = await allCommands();
  return {
    "kinds.md": [
      "# Kinds: what the case file can hold",
      generated,
      "A subject is `kind/name`, such as `theft/2022-04-14-ronin-bridge`. Everything known about it is a claim on one of its fields; rival claims stand side by side. Fields marked *private* are never shown, exported or served.",
      ...(Object.keys(KINDS) as Kind[]).map((kind) => {
        const spec = kindSpec(kind);
        const rows = Object.entries(spec.fields).map(([name, field]) => [
          `\`${name}\``,
          field.label,
          `${field.type}${field.private ? ", private" : ""}`,
          field.choices?.join(", ") ?? "",
        ]);
        return `## ${spec.many} (\`${kind}\`)\n\n${spec.about} Its title is the field \`${spec.title}\`.\n\n${table(["field", "what it says", "type", "choices"], rows)}`;
      }),
    ].join("\n\n"),
    "commands.md": [
      "# Commands",
      generated,
      "Inside the clone, `npx tracewire <command>` runs on the pinned Node whatever the host has. Every command teaches itself with `--help`. With `--json` standard output is JSON, one document a line; progress and remarks go to standard error, progress only on a terminal. `NO_COLOR` is honoured. Commands that write take `--dry-run` and `--by`.",
      ...commands.map((command) => {
        const usage = `npx tracewire ${command.name}${command.arguments ? ` ${command.arguments}` : ""}`;
        const options = table(
          ["option", "what it does"],
          optionsOf(command).map((option) => [`\`${option.flags}\``, option.about]),
        );
        const exits = Object.entries(command.exits ?? {})
          .map(([code, about]) => `Exit ${code}: ${about}.`)
          .join(" ");
        const examples = command.examples.map(([call, about]) => `${call}  # ${about}`).join("\n");
        const actions = command.actions ? `${table(["action", "what it does"], command.actions.map(([call, about]) => [`\`${call}\``, about]))}\n\n` : "";
        return `## ${command.name}\n\n${command.summary}.\n\n\`${usage}\`\n\n${actions}${options}\n${exits ? `\n${exits}\n` : ""}\n\`\`\`sh\n${examples}\n\`\`\``;
      }),
    ].join("\n\n"),
    "errors.md": [
      "# Error codes",
      generated,
      "An error names its code, what happened, where (file, line, field), and what to do. Codes are stable. Exit codes: 0 done, 1 a finding (check, lint, doctor), 2 usage, 3 input refused, 4 not there, 5 busy, full or unreachable, 6 damaged data, 70 a fault of ours.",
      table(
        ["code", "what happened", "what to do", "exit", "HTTP"],
        Object.entries(ERRORS).map(([code, error]) => [`\`${code}\``, error.summary, error.hint, String(error.exit), String(error.status)]),
      ),
    ].join("\n\n"),
    "checks.md": [
      "# Checks and lint rules",
      generated,
      "`tracewire check` looks over the case file for what real tables suffer from. A finding is a question, not an error: nothing is changed by it. Each theft's page shows the checks it raises.",
      ...Object.entries(CHECKS).map(([name, check]) => `## ${name}\n\n${check.about}`),
      "# Lint rules",
      "`tracewire story check FILE` lists them with place and fix. Publishing with open findings is refused; `--waive rule=reason` publishes in spite of one and keeps the reason.",
      ...Object.entries(LINT_RULES).map(([name, about]) => `## ${name}\n\n${about}`),
    ].join("\n\n"),
    "api-routes.md": [
      "# Addresses of the API",
      generated,
      "Below `/v1`; [api.md](api.md) says what holds for all of them, `/v1/openapi.json` says everything. What is **needed** is in bold, and so is `if-match` needed where it stands (428 without it); a body is a JSON object with these fields. “A key adds” names the scopes that show more here.",
      ...[...Map.groupBy(API_ROUTES(), ({ group }) => group)].map(
        ([group, own]) =>
          `## ${group[0]!.toUpperCase()}${group.slice(1)}\n\n${table(
            ["address", "what it is", "parameters", "body", "a key adds"],
            own.map(({ method, path, about, parameters, headers, body, scopes }) => [
              `\`${method} ${path}\``,
              about,
              [fieldWords(parameters), ...(headers.length > 0 ? [`in the head ${fieldWords(headers)}`] : [])].filter(Boolean).join("; "),
              fieldWords(body),
              scopes.map((name) => `\`${name}\``).join(" "),
            ]),
          )}`,
      ),
    ].join("\n\n"),
    "desk-routes.md": [
      "# Addresses of the desk",
      generated,
      "Below `/desk`; [desk.md](desk.md) says how to work there, [parity.md](parity.md) which command does the same. Every address states its rule where it is defined. “Fresh” asks for proof of who it is within ten minutes. What is not yours to see is answered as what is not there. Addresses that write take the fields of their own form and no other, from our own pages alone.",
      "## Who may do what",
      table(
        ["right", "what it allows", ...ROLE_NAMES],
        (Object.keys(RIGHTS) as Right[]).map((right) => [`\`${right}\``, RIGHTS[right], ...ROLE_NAMES.map((role) => (can(role, right) ? "yes" : ""))]),
      ),
      "## Addresses",
      table(
        ["address", "what it is", "rule"],
        deskApp().DESK_ROUTES.map(({ method, path, about, rule }) => [`\`${method} /desk${path === "/" ? "" : path}\``, about, ruleWords(rule)]),
      ),
    ].join("\n\n"),
    "parity.md": [
      "# What the command does, the desk does",
      generated,
      "For every command and action: where the desk does the same (addresses below `/desk`; “site” is the public site), or why it needs the machine itself. “Open” is what one side lacks so far. What only the command has of it stands behind.",
      table(
        ["command", "at the desk", "the command alone"],
        Object.entries(COMMAND_ROWS).map(([name, row]) =>
          "at" in row ? [`\`${name}\``, row.at.map((address) => `\`${address}\``).join(" "), row.but ?? ""] : [`\`${name}\``, "", "machine" in row ? `the machine: ${row.machine}` : `open: ${row.open}`],
        ),
      ),
      "## Addresses of the desk that write and stand in no line above",
      table(["address", "the same by command, or why not"], Object.entries(DESK_ROWS).map(([address, why]) => [`\`${address}\``, why])),
    ].join("\n\n"),
    "routes.md": [
      "# Routes of the public site",
      generated,
      "Every address answers GET and HEAD only; programs read [the API](api.md). `?known=` (a log size or a time) shows a page as known then; `?as-of=` (a date) counts only what had been claimed by then; both stay in the addresses that “cite this” gives. Addresses of published revisions never change.",
      table(
        ["address", "what it is", "parameters"],
        ROUTES.map((route) => [`\`${route.path}\``, route.about, (route.query ?? []).map((name) => `\`${name}\``).join(" ")]),
      ),
    ].join("\n\n"),
  };
}

function ruleWords(rule: Rule): string {
  if (rule.for === "anyone") return `anyone: ${rule.because}`;
  const right = rule.for === "signed-in" ? "signed in" : `\`${rule.for}\``;
  return [right, ...(rule.object ? [deskApp().OBJECT_WORDS[rule.object]] : []), ...(rule.fresh ? ["fresh"] : [])].join("; ");
}

if (import.meta.main)
  for (const [file, text] of Object.entries(await referencePages())) writeFileSync(join(import.meta.dirname, file), `${text}\n`);
