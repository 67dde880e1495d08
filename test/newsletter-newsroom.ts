// A small newsroom with published stories and some subscribers, for tests of the newsletter.
import type { Effects } from "../src/effects.ts";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { openPeople, type People } from "../src/newsletter/newsletter.ts";
import { parseStoryText, publishStory } from "../src/press/press.ts";
import { smallNewsroom, type SmallNewsroom } from "./small-newsroom.ts";

export type NewsletterNewsroom = SmallNewsroom & {
  people: People;
  /** Publishes a story, or a new revision; `words` stands in it once. */
  story(slug: string, words: string, options?: { topic?: string; correction?: string }): number;
  subscribe(count: number, topics?: string[]): void;
  stop(): void;
};

export async function newsletterNewsroom(effects?: Effects): Promise<NewsletterNewsroom> {
  const newsroom = await smallNewsroom();
  newsroom.claim([{ subject: "theft/2024-01-01-made-up", field: "victim", value: "Somebody" }]);
  newsroom.transact("test", (transaction) => appendFigureSpec(transaction, { id: "made-up-count", title: "Thefts, made up", measure: "count", of: "theft" }, "test"));
  const people = openPeople(newsroom.folder, effects ?? newsroom.effects);
  return {
    ...newsroom,
    people,
    story(slug, words, { topic = "Security", correction } = {}) {
      const text = `---\nslug: ${slug}\ntopic: ${topic}\nbyline: Test\nhappened: 2024\nreply: reply/test\n---\n\n# One count of {{made-up-count}} and ${words}\n\n> The standfirst of it.\n\nSome text with {{made-up-count}} in it, and ${words}.\n`;
      const story = parseStoryText(text);
      const outcome = newsroom.transact("test", (transaction) =>
        publishStory(transaction, newsroom.log, story, { by: "test", why: "a test", ...(correction ? { correction: { what: correction } } : {}) }),
      );
      return outcome.revision;
    },
    subscribe(count, topics = []) {
      people.change(() => {
        const insert = people.db.prepare("INSERT INTO people (address, address_key, state, topics, asked_at) VALUES (?, ?, 'subscribed', ?, ?)");
        const before = people.db.prepare("SELECT count(*) AS n FROM people").get()!.n as number;
        for (let at = before; at < before + count; at++)
          insert.run(`Reader-${at}@example.org`, `reader-${at}@example.org`, JSON.stringify(topics), "2026-01-01T00:00:00.000Z");
      });
    },
    stop() {
      people.close();
      newsroom.remove();
    },
  };
}
