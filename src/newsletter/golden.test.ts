// Every kind of letter, byte for byte as committed: its headers, its plain part, its HTML part. Renewed on purpose
// (docs/newsletter.md):
//   TRACEWIRE_GOLDEN=write npm test -- src/newsletter/golden.test.ts
// There is no letter of goodbye: whoever leaves gets nothing more.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { HtmlValidate } from "html-validate";
import { simpleParser } from "mailparser";
import { newsletterNewsroom } from "../../test/newsletter-newsroom.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { seededRandom } from "../effects.ts";
import { listCorrections, withdrawStory } from "../press/press.ts";
import { FORM_BYTES_MAX } from "./issue-forms.ts";
import { composeDraft } from "./draft-issue.ts";
import { sendDraft } from "./issues.ts";
import { openMailSink, openSinkMailer } from "./mailer.ts";
import { openPostOffice } from "./post-office.ts";
import { openSignUpDesk } from "./sign-up-desk.ts";

const settings = { from: "Tracewire <news@tracewire.test>", base_url: "https://tracewire.test" };
const folder = join(repositoryRoot, "test", "golden", "mails");
const CASES = ["confirmation", "subscribed-already", "issue", "correction", "withdrawal"] as const;

/** Each letter to one reader, as it would have left, with the clock standing still and chance from a seed. */
async function writeLetters(): Promise<Map<string, Buffer>> {
  const newsroom = await newsletterNewsroom({ clock: () => "2026-02-03T04:05:06.000Z", random: seededRandom(1) });
  const { people, log } = newsroom;
  try {
    const desk = openSignUpDesk(people);
    const sink = openMailSink(people);
    const office = openPostOffice({ people, mailer: openSinkMailer(people), settings, log, corrections: () => listCorrections(log, { limit: 9 }) });
    const letters = new Map<string, Buffer>();
    const keep = async (name: (typeof CASES)[number]) => {
      await office.run();
      const [newest] = sink.list(1);
      letters.set(name, Buffer.from(sink.read(newest!.id)!.raw));
      return sink.read(newest!.id)!.text;
    };
    desk.subscribe("Reader@example.org", "192.0.2.1");
    assert.ok(desk.confirm(/confirm\/([\w-]+)/.exec(await keep("confirmation"))![1]!));
    desk.subscribe("reader@example.org", "192.0.2.1");
    await keep("subscribed-already");
    newsroom.story("a-story", "a <b>word</b> & più’s, with a sentence that is long enough to be folded in the plain part of a letter");
    newsroom.story("on-bridges", "another", { topic: "Bridges" });
    composeDraft(people, log, { slugs: ["a-story", "on-bridges"] });
    sendDraft(people, log, { base: settings.base_url, by: "test", transact: (change) => newsroom.transact("test", change) });
    await keep("issue");
    newsroom.story("a-story", "another word", { correction: "The word was wrong." });
    await keep("correction");
    newsroom.transact("test", (transaction) => withdrawStory(transaction, log, "on-bridges", { by: "test", why: "It cannot be upheld." }));
    await keep("withdrawal");
    return letters;
  } finally {
    newsroom.stop();
  }
}

test("letters are the golden ones; each can be read plain, in the dark, without pictures, and is sound HTML within its size", async () => {
  const letters = await writeLetters();
  assert.deepEqual([...letters.keys()], [...CASES]);
  const validator = new HtmlValidate({
    extends: ["html-validate:recommended"],
    // Mail programs drop style sheets; a subject may be longer than a page's title should.
    rules: { "no-inline-style": "off", "long-title": "off" },
  });
  for (const [name, raw] of letters) {
    assert.ok(raw.length <= FORM_BYTES_MAX, `${name}: ${raw.length} bytes`);
    const parsed = await simpleParser(raw);
    const text = parsed.text!;
    const html = parsed.html as string;
    const headers = `${raw.toString("latin1").split("\r\n\r\n")[0]!.replaceAll("\r\n", "\n")}\n`;
    assert.match(headers, /^[\x20-\x7e\n]*$/);
    compare(name, { "headers.txt": headers, "text.txt": text, "letter.html": html });

    for (const line of text.split("\n")) assert.ok(line.length <= 78 || /^[\w, ]*:? *https:\/\/\S+$/.test(line), `${name}: a line of ${line.length}: ${line}`);
    assert.match(text, /https:\/\/tracewire\.test\//);
    // No colour, picture or background is set, so that none has to be turned over in the dark, and nothing is fetched.
    assert.match(html, /<meta name="color-scheme" content="light dark">/);
    assert.doesNotMatch(html, /<img|<script|<style|<link|background|url\(|(?<!text-)color:(?!inherit)|#[0-9a-f]{3,6}\b/i);
    const links = (part: string) => new Set([...part.matchAll(/https:\/\/tracewire\.test\/[^\s"<]*/g)].map(([href]) => href.replaceAll("&amp;", "&")));
    for (const href of links(html)) if (href !== "https://tracewire.test/") assert.ok(links(text).has(href), `${name}: ${href} is in the HTML part alone`);
    const report = await validator.validateString(html);
    assert.deepEqual(report.results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${name}: ${ruleId}: ${message}`)), []);
    const isOfSubscription = !["confirmation"].includes(name);
    assert.equal(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m.test(headers), isOfSubscription, name);
  }
  assert.deepEqual(readdirSync(folder).sort(), [...CASES].sort(), "no folder without a letter");
});

/** A twin that is missing is made, for the eye of whoever commits it; never where nobody looks. */
function compare(name: string, files: Record<string, string>): void {
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, name, file);
    if (process.env.TRACEWIRE_GOLDEN === "write" || (!existsSync(path) && process.env.CI !== "true")) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(path, content);
    }
    assert.ok(existsSync(path), `${name}/${file} is missing: see docs/newsletter.md to make it`);
    assert.equal(content, readFileSync(path, "utf8"), `${name}/${file}: see docs/newsletter.md to renew it`);
  }
}
