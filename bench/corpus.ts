// The 500 made-up articles of the test data (never shipped) as story texts for the press's own door.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Article } from "../test/ghost-export.ts";

export type { Article };

export function readCorpus(): Article[] {
  const corpora = process.env.TRACEWIRE_CORPORA ?? join(import.meta.dirname, "..", "..", "shared");
  return JSON.parse(readFileSync(join(corpora, "data", "newsroom-corpus", "corpus.json"), "utf8")) as Article[];
}

/** A number in a story is a figure; the made-up texts have none, so their digits go, and with them the tables. */
export const plain = (text: string): string =>
  text
    .replaceAll(/[\d“”"*_{}[\]]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();

export function storyText(article: Article, suffix = ""): string {
  const paragraphs = (list: string[]) => list.map(plain).join("\n\n");
  return `---
slug: ${article.slug}${suffix}
topic: ${plain(article.tags[0] ?? "Bitcoin")}
byline: Bench desk
happened: ${article.published_at.slice(0, 10)}
---

# ${plain(article.title)}

> ${plain(article.excerpt)}

${paragraphs(article.lead)}

${article.sections.map(({ h, p }) => `## ${plain(h)}\n\n${paragraphs(p)}`).join("\n\n")}
`;
}
