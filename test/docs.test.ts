// Docs that cannot rot: reference pages equal what the code makes of them, and every name in the code stands in a page.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { referencePages } from "../docs/generate.ts";
import { claimSchema } from "../src/casefile/casefile.ts";
import { SETTINGS } from "../src/config.ts";
import { allCommands } from "../src/cli.ts";
import { figureSpecSchema } from "../src/figures/figures.ts";
import { FIGURE_FORMS } from "../src/press/press.ts";
import { repositoryRoot } from "./scale.ts";

const read = (...path: string[]) => readFileSync(join(repositoryRoot, ...path), "utf8");

for (const [file, text] of Object.entries(await referencePages()))
  test(`docs/${file} is what the code says (node docs/generate.ts writes it)`, () => assert.equal(read("docs", file), `${text}\n`));

test("every field of a claim and every rule of a figure is documented", () => {
  const missing = [
    ...Object.keys(claimSchema().ClaimSchema.properties).filter((name) => !read("docs", "claims.md").includes(`\`${name}\``)),
    ...Object.keys(figureSpecSchema().FigureSpecSchema.properties).filter(
      (name) =>
        !["id", "title", "of", "noun", "subject", "listed_by", "by", "evidence"].includes(name) &&
        !read("docs", "figures.md").includes(`\`${name}\``),
    ),
    ...FIGURE_FORMS.filter((name) => !read("docs", "stories.md").includes(`\`${name}\``)),
  ];
  assert.deepEqual(missing, []);
});

test("docs/running.md has every setting with its environment name and words, and no other", () => {
  const rows = [...read("docs", "running.md").matchAll(/^\| `(\w+)` \| `(\w+)` \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  assert.deepEqual(
    rows,
    Object.entries(SETTINGS).map(([name, { environment, about }]) => [name, environment, about]),
  );
});

test("every link between the project's pages leads somewhere", () => {
  const pages = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "deploy/README.md",
    ...readdirSync(join(repositoryRoot, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map((match) => match[1]!)
      .filter((link) => !link.startsWith("/") && !existsSync(join(repositoryRoot, page, "..", link)))
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

test("the README shows every command by name", async () => {
  const readme = read("README.md");
  const commands = await allCommands();
  assert.deepEqual(
    commands.map((command) => command.name).filter((name) => !new RegExp(`\\b${name}\\b`).test(readme)),
    [],
  );
});
