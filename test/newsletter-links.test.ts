// Where the links of a letter lead: to what is set, else to the site that runs from the folder, never to this machine
// where letters really leave; and what `compose` says of its choice.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { openNewsroom } from "../src/newsroom.ts";
import { listIssues, openMailSink, openPeople } from "../src/newsletter/newsletter.ts";
import { newsletterNewsroom } from "./newsletter-newsroom.ts";
import { repositoryRoot } from "./scale.ts";

const CLI = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts")];
const environment = (more: Record<string, string> = {}) => ({ PATH: process.env.PATH ?? "", NO_COLOR: "1", ...more });

test("without a base address letters lead to the site that runs here, and with a mail server nothing is sent", async () => {
  const newsroom = await newsletterNewsroom();
  const tracewire = (args: string[], more?: Record<string, string>) =>
    spawnSync(process.execPath, [...CLI, ...args, "--data", newsroom.folder], { encoding: "utf8", cwd: newsroom.folder, env: environment(more) });
  try {
    for (let at = 1; at <= 10; at++) newsroom.story(`story-${at}`, `words of ${"abcdefghij".charAt(at - 1)}`);
    newsroom.subscribe(1);

    const guessed = tracewire(["newsletter", "compose"]).stdout;
    assert.match(guessed, /the 8 stories published, newest first: no issue has gone out yet\. Press releases are left out\./);
    assert.match(guessed, /2 older stories wait: an issue carries at most 8\./);
    assert.match(guessed, /^ {2}story-10, revision 1 \(2026-01-01\): One count of 1 and words of j$/m);
    assert.match(guessed, /tracewire newsletter compose SLUG SLUG/);
    assert.match(guessed, /begin with http:\/\/127\.0\.0\.1:4100 \(a guess, .* set TRACEWIRE_BASE_URL/);

    const site = spawn(process.execPath, [...CLI, "serve", "--port", "0", "--json", "--data", newsroom.folder], { env: environment(), cwd: newsroom.folder });
    const [line] = (await once(createInterface(site.stdout), "line")) as [string];
    const { address } = JSON.parse(line) as { address: string };
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
    try {
      const sent = tracewire(["newsletter", "test", "me@example.org"]).stdout;
      assert.ok(sent.indexOf(`begin with ${address} (where the site of this folder listens;`) >= 0, sent);
      assert.ok(sent.indexOf("begin with") < sent.indexOf("Kept on this machine"), "said before it is sent");
      const people = openPeople(newsroom.folder, newsroom.effects);
      const [mail] = openMailSink(people).list(1);
      assert.match(openMailSink(people).read(mail!.id)!.text, new RegExp(`${address}/stories/story-10/revisions/1`));
      people.close();
      const second = spawn(process.execPath, [...CLI, "serve", "--port", "0", "--json", "--data", newsroom.folder], { env: environment(), cwd: newsroom.folder });
      let told = "";
      second.stderr.on("data", (part: Buffer) => (told += part.toString()));
      await once(createInterface(second.stdout), "line");
      second.kill();
      await once(second, "exit");
      assert.ok(told.includes(`Another site runs from this folder already, at ${address} (process ${site.pid})`), told);
      assert.ok(tracewire(["newsletter", "preview"]).stdout.includes(`${address}/stories/`), "the second took away no note but its own");
      assert.equal(tracewire(["newsletter", "send"]).status, 0);
      const desk = address.replace("127.0.0.1", "localhost");
      const first = tracewire(["user", "first"]).stdout.match(/http\S+/)![0];
      assert.ok(first.startsWith(`${desk}/desk/join/`), first);
      assert.equal((await fetch(first)).status, 200, "the printed link opens");
      assert.ok(tracewire(["user", "add", "rosa", "--role", "reporter"]).stdout.includes(`  ${desk}/desk/join/`));
      assert.ok(tracewire(["user", "reset", "rosa"]).stdout.includes(`  ${desk}/desk/join/`));
      assert.ok(tracewire(["user", "first"], { TRACEWIRE_DESK_URL: "https://desk.example" }).stdout.includes("  https://desk.example/desk/join/"));
      assert.equal((await fetch(first)).status, 200, "a link more does not void the one before");
      const ninjs = (out: string, more?: Record<string, string>): string => {
        const { status, stderr } = tracewire(["export", "ninjs", "story-1", "--out", join(newsroom.folder, out)], more);
        assert.equal(status, 0, stderr);
        return (JSON.parse(readFileSync(join(newsroom.folder, out, "story-1.json"), "utf8")) as { uri: string }).uri;
      };
      assert.equal(ninjs("tmp-1"), `${address}/stories/story-1`);
      assert.equal(ninjs("tmp-2", { TRACEWIRE_BASE_URL: "https://news.example" }), "https://news.example/stories/story-1");
      const reader = openNewsroom(newsroom.folder);
      assert.equal(listIssues(reader.log, 1)[0]!.base, address);
      reader.close();
    } finally {
      site.kill("SIGTERM");
      await once(site, "exit");
    }

    assert.match(tracewire(["user", "first"]).stdout, /http:\/\/localhost:4100\/desk\/join\/\S+\nNo site runs from this folder now: when it does, the link works at its address, whatever its port\./);
    const next = tracewire(["newsletter", "compose"]).stdout;
    assert.match(next, /the 2 stories that no issue has carried, newest first \(issue 1, the last, went on \d{4}-\d\d-\d\d\)/);
    assert.match(next, /begin with http:\/\/127\.0\.0\.1:4100 \(a guess/, "the site has stopped");
    assert.match(tracewire(["newsletter", "compose", "story-3"]).stdout, /Of the story that you named:\n {2}story-3, revision 1/);

    const server = { TRACEWIRE_SMTP_URL: "smtp://127.0.0.1:1", TRACEWIRE_MAIL_FROM: "News <news@example.org>" };
    for (const args of [["newsletter", "test", "me@example.org"], ["newsletter", "send", "--sooner", "a test"], ["serve", "--port", "0"]]) {
      const { status, stderr } = tracewire(args, server);
      assert.equal(status, 2, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, /TRACEWIRE_BASE_URL is not.*http:\/\/127\.0\.0\.1:\d+ \[BAD_CONFIG\]\n {2}what to do: Set TRACEWIRE_BASE_URL/);
    }
    const set = tracewire(["newsletter", "test", "me@example.org"], { ...server, TRACEWIRE_BASE_URL: "https://news.example" });
    assert.match(set.stdout, /begin with https:\/\/news\.example \(as set\)/);
    assert.match(set.stderr, /EGRESS_FAILED/, "a set address is believed: only the mail server is missing");
  } finally {
    newsroom.stop();
  }
});
