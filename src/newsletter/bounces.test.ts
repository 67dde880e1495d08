// The bounce reader against 80 real returned mails. The set carries no expectations of its own: the labels below were given by
// reading each mail. "hard" is given where the letter says that the mailbox or its host does not exist, and nothing else.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { corpus } from "../../test/scale.ts";
import { classifyReply } from "./bounce-words.ts";
import { readBounce, type Bounce } from "./bounces.ts";

const SHARE_RIGHT_MIN = 0.95;

const LABELS: Record<Bounce["class"], string> = {
  complaint: "arf-01",
  hard: `lhost-activehunter-01 lhost-amavis-01 lhost-amazonworkmail-01 lhost-aol-01 lhost-apachejames-01 lhost-courier-01 lhost-domino-01
    lhost-exchange-01 lhost-exchange2003-01 lhost-exchange2007-01 lhost-gmail-01 lhost-gsuite-01 lhost-imailserver-01 lhost-interscanmss-01
    lhost-mailfoundry-01 lhost-mailmarshalsmtp-01 lhost-mailru-01 lhost-mcafee-01 lhost-messagingserver-01 lhost-mfilter-01
    lhost-mxlogic-01 lhost-office365-01 lhost-opensmtpd-01 lhost-postfix-01 lhost-powermta-01 lhost-qmail-01 lhost-receivingses-01
    lhost-sendgrid-01 lhost-sendmail-01 lhost-surfcontrol-01 lhost-verizon-01 lhost-x1-01 lhost-x2-01 lhost-x3-01 lhost-x5-01
    lhost-yahoo-01 lhost-yandex-01 lhost-zoho-01 rhost-aol-01 rhost-apple-01 rhost-franceptt-01 rhost-gsuite-01 rhost-kddi-01
    rhost-nttdocomo-01`,
  soft: `lhost-amazonses-01 lhost-barracuda-01 lhost-bigfoot-01 lhost-biglobe-01 lhost-dragonfly-01 lhost-einsundeins-01 lhost-exim-01
    lhost-ezweb-01 lhost-facebook-01 lhost-gmx-01 lhost-googlegroups-01 lhost-googleworkspace-01 lhost-kddi-01 lhost-messagelabs-01
    lhost-notes-01 lhost-outlook-01 lhost-v5sendmail-01 lhost-x4-01 lhost-x6-01 rfc3464-01 rhost-cloudflare-01 rhost-cox-01
    rhost-exchangeonline-01 rhost-google-01 rhost-googleapps-01 rhost-iua-01 rhost-messagelabs-01 rhost-microsoft-01 rhost-mimecast-01
    rhost-outlook-01 rhost-spectrum-01 rhost-tencent-01 rhost-tencentqq-01 rhost-yahooinc-01`,
  unknown: "rfc3834-01",
};

const { path, skip } = corpus("vectors/bounces/maildir/dos");

test("80 real bounces: at least 95 of 100 right, and never hard where it is not said", { skip }, async (t) => {
  const expected = new Map(
    Object.entries(LABELS).flatMap(([label, names]) => names.split(/\s+/).map((name): [string, Bounce["class"]] => [name, label as Bounce["class"]])),
  );
  const names = readdirSync(path!).map((name) => name.replace(/\.eml$/, ""));
  assert.deepEqual(names.filter((name) => !expected.has(name)), [], "every mail has a label");
  assert.equal(expected.size, names.length);
  const wrong: string[] = [];
  const falselyHard: string[] = [];
  let addresses = 0;
  for (const name of names) {
    const bounce = await readBounce(readFileSync(join(path!, `${name}.eml`)));
    if (bounce.address) addresses += 1;
    if (bounce.class === expected.get(name)) continue;
    wrong.push(`${name}: ${bounce.class}, not ${expected.get(name)} (${bounce.why})`);
    if (bounce.class === "hard") falselyHard.push(name);
  }
  t.diagnostic(`${names.length - wrong.length} of ${names.length} right, an address in ${addresses}; wrong: ${wrong.join("; ") || "none"}`);
  assert.deepEqual(falselyHard, []);
  assert.ok(names.length - wrong.length >= SHARE_RIGHT_MIN * names.length, wrong.join("\n"));
});

test("answers of servers: hard only where the mailbox or its host is said not to be there", () => {
  const cases: [string, ReturnType<typeof classifyReply>][] = [
    ["550 5.1.1 <a@example.org>: Recipient address rejected: User unknown in local recipient table", "hard"],
    ["550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "hard"],
    ["556 5.1.10 Domain does not accept mail (nullMX)", "hard"],
    ["550 5.7.1 <a@example.org>: Relay access denied", "soft"],
    ["550 5.1.1 Refused due to spam reputation, user unknown to us", "soft"],
    ["452 4.2.2 mailbox full", "soft"],
    ["450 4.1.1 User unknown, try again later", "soft"],
    ["554 5.7.9 Message not accepted for policy reasons", "soft"],
    ["550 5.2.1 The email account that you tried to reach is disabled", "soft"],
    ["something else", "unknown"],
    ["", "unknown"],
  ];
  assert.deepEqual(
    cases.map(([reply]) => [reply, classifyReply(reply)]),
    cases,
  );
});
