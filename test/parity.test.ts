// “Nothing can be done in one that the other cannot”: every command, every action of one, and every address of the desk that
// writes stands in the table of src/cli/parity.ts, with where the other side does the same, or why it does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allCommands } from "../src/cli.ts";
import { COMMAND_ROWS, DESK_ROWS, KINDS_OF } from "../src/cli/parity.ts";
import { deskApp } from "../src/desk/desk.ts";
import { ROUTES } from "../src/site/site.ts";

const commands = await allCommands();
const routes = deskApp().DESK_ROUTES.map(({ method, path }) => `${method} ${path}`);
const writes = routes.filter((name) => name.startsWith("POST "));
const addresses = Object.values(COMMAND_ROWS).flatMap((row) => ("at" in row ? [...row.at] : []));

/** What a command can do: its actions, the kinds of its argument, or itself. */
function doings({ name, actions = [], arguments: args = "" }: (typeof commands)[number]): string[] {
  const kinds = KINDS_OF[name] ?? actions.flatMap(([call]) => call.split(/ [<\[-]/)[0]!.split(", "));
  const alone = kinds.length === 0 || args.startsWith("[action]") ? [name] : [];
  return [...alone, ...kinds.map((kind) => `${name} ${kind.trim().split(" ")[0]!}`)];
}

test("every command and every action of one has its row, and no row is of none", () => {
  assert.deepEqual(Object.keys(COMMAND_ROWS).sort(), commands.flatMap(doings).sort());
});

test("every address of the desk that writes is named by a command's row or has its own, and not both", () => {
  const named = new Set(addresses);
  assert.deepEqual(writes.filter((name) => !named.has(name) && !Object.hasOwn(DESK_ROWS, name)), [], "neither");
  assert.deepEqual(Object.keys(DESK_ROWS).filter((name) => named.has(name)), [], "both");
  assert.deepEqual(Object.keys(DESK_ROWS).filter((name) => !writes.includes(name)), [], "no such address");
});

test("every address that a row names is served; every command that a reason names exists", () => {
  const site = new Set(ROUTES.map(({ path }) => path));
  assert.deepEqual(addresses.filter((name) => (name.startsWith("site ") ? !site.has(name.slice(5)) : !routes.includes(name))), []);
  const known = new Set(commands.flatMap(doings));
  const words = [...Object.values(DESK_ROWS), ...Object.values(COMMAND_ROWS).flatMap((row) => ("at" in row ? (row.but ?? []) : Object.values(row)))];
  const called = words.flatMap((text) => [...text.matchAll(/\b(?:tracewire )([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?/g)]).map(([, command, action]) => ({ command: command!, action }));
  assert.ok(called.length > 8);
  assert.deepEqual(called.filter(({ command, action }) => !known.has(command) && !known.has(`${command} ${action ?? ""}`)), []);
});

test("who has no counterpart says why; what is open says so", () => {
  const reasons = Object.entries(COMMAND_ROWS).flatMap(([name, row]) => ("machine" in row ? [[name, row.machine]] : "open" in row ? [[name, row.open]] : row.but ? [[name, row.but]] : []));
  assert.deepEqual([...reasons, ...Object.entries(DESK_ROWS)].filter(([, why]) => why!.length < 12), []);
  assert.deepEqual(Object.values(COMMAND_ROWS).filter((row) => "at" in row && row.at.length === 0), []);
});
