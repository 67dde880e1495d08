// What goes over the wire to a mail server with TLS and a login: never a password in clear, never a letter to a server
// that cannot show who it is, and no password in what is kept or said of a failure.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openGuardedSmtp, type GuardedOptions, type GuardedSmtp } from "../../test/guarded-smtp.ts";
import { newsletterNewsroom } from "../../test/newsletter-newsroom.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { selfSigned } from "../../test/self-signed.ts";
import type { Delivery } from "./mailer.ts";
import { mailProblems } from "./mail-settings.ts";
import { openPostOffice } from "./post-office.ts";
import { openSmtpMailer } from "./smtp-mailer.ts";

const USER = "news@tracewire.test";
const PASSWORD = "päss word/@:%";
const LOGIN = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@`;
const ours = selfSigned();
const servers: GuardedSmtp[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function serve(options: Partial<GuardedOptions> = {}): Promise<GuardedSmtp> {
  const server = await openGuardedSmtp({ ...ours, user: USER, password: PASSWORD, ...options });
  servers.push(server);
  return server;
}

async function deliver(url: string, { ca }: { ca?: string } = { ca: ours.cert }): Promise<Delivery> {
  const mailer = openSmtpMailer({ url, ca, name: "tracewire.test", timeouts: { connect_ms: 5_000, socket_ms: 5_000 } });
  try {
    const envelope = { from: "news@tracewire.test", to: "reader@example.org" };
    return await mailer.deliver({ envelope, subject: "s", text: "t", raw: Buffer.from("Subject: s\r\n\r\nsecret words of a letter\r\n") }, () => true);
  } finally {
    await mailer.close();
  }
}

/** As typed, as it stands in the settings, and as SMTP writes it. */
const spellings = (password: string) =>
  [password, encodeURIComponent(password), Buffer.from(password).toString("base64"), Buffer.from(`\u0000${USER}\u0000${password}`).toString("base64")];
const holdsPassword = (text: string, password = PASSWORD) =>
  spellings(password).some((spelling) => text.includes(spelling) || text.includes(Buffer.from(spelling).toString("latin1")));

test("STARTTLS and TLS from the start, AUTH PLAIN and LOGIN: the letter is taken, the password is under TLS only", async () => {
  for (const implicit of [false, true])
    for (const auth of [["PLAIN"], ["LOGIN"], ["PLAIN", "LOGIN"]] as const) {
      const server = await serve({ implicit, auth: [...auth] });
      const { outcome } = await deliver(`${implicit ? "smtps" : "smtp"}://${LOGIN}127.0.0.1:${server.port}`);
      assert.equal(outcome, "accepted");
      assert.deepEqual(server.taken.map(({ tls, login }) => ({ tls, login })), [{ tls: true, login: USER }]);
      assert.ok(holdsPassword(server.secret), "the login went over TLS");
      assert.ok(!holdsPassword(server.clear) && !server.clear.includes("AUTH") && !server.clear.includes("secret words"));
    }
});

test("where the offer of STARTTLS is struck out, no password leaves, unless the settings say so", async () => {
  const struck = await serve({ starttls: false });
  const refused = await deliver(`smtp://${LOGIN}127.0.0.1:${struck.port}`);
  assert.equal(refused.outcome, "deferred");
  assert.ok(!struck.clear.includes("AUTH") && !struck.clear.includes("MAIL"), struck.clear);
  assert.equal((await deliver(`smtp://127.0.0.1:${struck.port}?require-tls`)).outcome, "deferred");
  assert.deepEqual(struck.taken, []);
  assert.equal((await deliver(`smtp://${LOGIN}127.0.0.1:${struck.port}?cleartext-password`)).outcome, "accepted");
  assert.ok(holdsPassword(struck.clear), "it was asked for by name");
  assert.equal((await deliver(`smtp://127.0.0.1:${struck.port}`)).outcome, "accepted", "without a password a local relay needs none");
});

test("a certificate that nobody vouches for, or of another name, gets neither password nor letter", async () => {
  const other = selfSigned("mail.example.org");
  for (const implicit of [false, true]) {
    const scheme = implicit ? "smtps" : "smtp";
    for (const [server, ca, why] of [
      [await serve({ implicit }), undefined, /self-signed/],
      [await serve({ implicit }), other.cert, /self-signed/],
      [await serve({ implicit, ...other }), other.cert, /does not match|altnames/],
    ] as const)
      for (const login of [LOGIN, ""]) {
        const delivery = await deliver(`${scheme}://${login}127.0.0.1:${server.port}`, { ca });
        assert.equal(delivery.outcome, "deferred");
        assert.match(delivery.reply, why);
        assert.deepEqual(server.taken, []);
        assert.ok(!`${server.clear}${server.secret}`.includes("AUTH"));
      }
  }
});

test("a refused login keeps the letter for later; the password is in no reply, row, line or file, even where the server repeats it", async () => {
  const wrong = `wr0ng ${PASSWORD}`;
  const url = (port: number) => `smtps://${encodeURIComponent(USER)}:${encodeURIComponent(wrong)}@127.0.0.1:${port}`;
  const echo = (received: string) => `535 5.7.8 you sent ${received} and that is ${wrong}`;
  const newsroom = await newsletterNewsroom();
  try {
    newsroom.subscribe(1);
    newsroom.people.db.exec("INSERT INTO outbox (mail, kind, person, state, message_id, next_at) VALUES ('known:1', 'known', 1, 'queued', 'x', '2000')");
    for (const auth of ["PLAIN", "LOGIN"] as const) {
      const server = await serve({ implicit: true, auth: [auth], refusal: echo });
      const mailer = openSmtpMailer({ url: url(server.port), ca: ours.cert, name: "tracewire.test" });
      const settings = { smtp_url: url(server.port), from: USER, base_url: "https://tracewire.test" };
      const office = openPostOffice({ people: newsroom.people, mailer, settings, log: newsroom.log, retry_after_ms: [0, 0, 0] });
      assert.deepEqual(await office.run(), { sent: 0, failed: 0, deferred: 1, in_doubt: 0, server_down: true });
      await office.stop();
      assert.ok(holdsPassword(server.secret, wrong), "it was sent, under TLS");
      assert.deepEqual(server.taken, []);
      const { state, last } = newsroom.people.db.prepare("SELECT state, last FROM outbox").get() as { state: string; last: string };
      assert.equal(state, "queued");
      assert.match(last, /535 5\.7\.8 you sent .*\(password\)/);
      assert.ok(!holdsPassword(last, wrong), last);
    }
    for (const name of readdirSync(newsroom.folder, { recursive: true, withFileTypes: true }))
      if (name.isFile()) assert.ok(!holdsPassword(readFileSync(join(name.parentPath, name.name), "latin1"), wrong), name.name);
  } finally {
    newsroom.stop();
  }
});

test("the command line, its settings check and its errors print no password", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-smtp-"));
  const server = await serve({ implicit: true, refusal: (received) => `535 no: ${received}` });
  const run = (smtp: string, ...args: string[]) =>
    spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src/cli.ts"), ...args, "--data", folder], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, TRACEWIRE_SMTP_URL: smtp, TRACEWIRE_MAIL_FROM: `Tracewire <${USER}>`, TRACEWIRE_BASE_URL: "https://tracewire.test" },
    });
  try {
    const good = `smtps://${LOGIN}127.0.0.1:${server.port}`;
    const calls: [smtp: string, ...args: string[]][] = [
      [good, "config", "check"],
      [good, "newsletter", "test", "me@example.org"],
      [`smtps://${LOGIN}127.0.0.1:x`, "newsletter", "send"],
      [`smtp://${USER}:${PASSWORD}@127.0.0.1:1`, "config", "check"],
    ];
    for (const [smtp, ...args] of calls) {
      const { stdout, stderr } = run(smtp, ...args, "--json");
      assert.ok(stdout + stderr);
      assert.ok(!holdsPassword(stdout + stderr), `${args.join(" ")}: ${stdout}${stderr}`);
    }
    const [problem] = mailProblems({ smtp_url: "smtp://a:50%@host", from: USER, base_url: "https://tracewire.test" });
    assert.match(problem!.what, /%25/);
    assert.deepEqual(mailProblems({ smtp_url: `smtp://${LOGIN}host:587`, from: USER, base_url: "https://tracewire.test" }), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
