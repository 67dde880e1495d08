// Letters to people of the newsroom: an invitation, a new way in. They go by the same outbox as every other letter, at most
// once, but to nobody who is a reader here. Their text holds a link that opens an account, so it stands in people.db only
// until it has gone out (or its time is over), and is overwritten then.
import { escape, wrap } from "./issue-forms.ts";
import { letterHtml, link, type Words } from "./letters.ts";
import type { People } from "./people-store.ts";

export type AccountLetter = { to: string; words: Words };

/** In one change of its own. `expires` is when the link stops working: later it is not sent any more. */
export function queueAccountLetter(people: People, letter: { to: string; subject: string; lines: readonly string[]; href: string; expires: string }): void {
  const { to, subject, lines, href, expires } = letter;
  const text = `${lines.map((line) => wrap(line)).join("\n\n")}\n\n${href}\n`;
  const html = letterHtml(subject, [...lines.map(escape), link(href, "Open the page")]);
  const key = `account:${Buffer.from(people.effects.random(12)).toString("hex")}`;
  people.change(() => {
    people.db.prepare("INSERT INTO account_letters (key, address, subject, text, html, expires) VALUES (?, ?, ?, ?, ?, ?)").run(key, to, subject, text, html, expires);
    people.db
      .prepare("INSERT INTO outbox (mail, kind, person, state, message_id, next_at) VALUES (?, 'account', NULL, 'queued', ?, ?)")
      .run(key, Buffer.from(people.effects.random(16)).toString("hex"), people.effects.clock());
  });
}

/** Undefined where its time is over. */
export function readAccountLetter(people: People, key: string): AccountLetter | undefined {
  const row = people.db.prepare("SELECT address, subject, text, html FROM account_letters WHERE key = ? AND expires > ?").get(key, people.effects.clock());
  return row && { to: row.address as string, words: { subject: row.subject as string, text: row.text as string, html: row.html as string } };
}

/** Of letters that have left the queue, or whose link is dead, nothing stays. */
export function dropSpentAccountLetters(people: People): void {
  const spent = "FROM account_letters WHERE expires <= ? OR NOT EXISTS (SELECT 1 FROM outbox o WHERE o.mail = account_letters.key AND o.state IN ('queued', 'sending'))";
  if (!people.db.prepare(`SELECT 1 ${spent}`).get(people.effects.clock())) return;
  people.change(() => people.db.prepare(`DELETE ${spent}`).run(people.effects.clock()));
  people.settle();
}
