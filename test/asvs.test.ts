// docs/asvs.csv against the repository: every row of OWASP's standard once, every proof a test that exists and runs, counts as
// the documents print them. And what is proved by looking at the source and the documents themselves.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import { ATTEMPT_LIMITS, LINK_HOURS, PASSWORD_CHARS_MIN, SESSION_LIMITS } from "../src/accounts/accounts.ts";
import { ARGON2, NAMES_TRIED_FIRST } from "../src/accounts/passwords.ts";
import { SESSIONS_MAX } from "../src/accounts/sessions.ts";
import { DAY_BYTES_MAX } from "../src/desk/inbox.ts";
import { CAPTURE_BYTES_MAX } from "../src/desk/read-inbox.ts";
import { repositoryRoot } from "./scale.ts";

const read = (...path: string[]) => readFileSync(join(repositoryRoot, ...path), "utf8");

type Row = { id: string; level: string; applies: string; what: string; proof: string; open: string };
const rows = parse(read("docs", "asvs.csv"), { columns: true }) as Row[];

/**
 * How many rows each section of ASVS 5.0.0 has at levels 1 and 2 (counted from its flat JSON, OWASP/ASVS, 5.0/docs_en). Ids run
 * from 1, with those of level 3 between them.
 */
const SECTIONS: Record<string, number> = {
  "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
  "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
  "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4,
  "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
};
/** Of level 3, those that we hold ourselves to besides. */
const NAMED_L3 = ["V1.2.10", "V5.2.4", "V5.2.5", "V5.3.3", "V15.4.2"];

test("every row of levels 1 and 2 stands in the table once, with what is done or why it does not apply", () => {
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, "an id twice");
  assert.deepEqual(rows.filter(({ level }) => level === "3").map(({ id }) => id), NAMED_L3);
  const counted: Record<string, number> = {};
  for (const { id, level } of rows) {
    const [, section] = /^V(\d+\.\d+)\.\d+$/.exec(id) ?? assert.fail(`${id} is no id`);
    if (level !== "3") counted[section!] = (counted[section!] ?? 0) + 1;
  }
  assert.deepEqual(counted, SECTIONS);
  assert.deepEqual([rows.filter(({ level }) => level === "1").length, rows.filter(({ level }) => level === "2").length], [70, 183]);
  for (const { id, applies, what, proof, open } of rows) {
    assert.ok(["yes", "no"].includes(applies) && what.length > 3, id);
    if (applies === "no") assert.deepEqual([proof, open], ["", ""], id);
    else assert.ok(proof !== "" || open !== "", `${id} applies: it needs a proof, or what is missing`);
  }
});

/** Titles of the tests of a file as they stand in it; of one made of parts, what comes before the first part. */
const titlesOf = (text: string): { title: string; whole: boolean; skipped: boolean }[] =>
  [...text.matchAll(/\b(?:test|it)(\.\w+)?\(\s*(?:"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)\s*,\s*(\{[^}]*\})?/g)].map(([, how, plain, made, options]) => ({
    title: plain !== undefined ? (JSON.parse(`"${plain}"`) as string) : made!.split("${")[0]!,
    whole: plain !== undefined || !made!.includes("${"),
    skipped: how === ".skip" || how === ".todo" || /\b(skip|todo): *(true|["'`])/.test(options ?? ""),
  }));

test("every proof is a test that exists and is not skipped whatever happens", () => {
  const wrong: string[] = [];
  const used = new Set<string>();
  for (const { id, proof } of rows)
    for (const one of proof.split(" | ").filter(Boolean)) {
      const [, file, name] = /^([\w/.-]+\.test\.ts): (.+)$/.exec(one) ?? [];
      if (!file || !existsSync(join(repositoryRoot, file))) {
        wrong.push(`${id}: no file in “${one}”`);
        continue;
      }
      const found = titlesOf(read(file)).filter(({ title, whole }) => (whole ? title === name : title.length >= 5 && name!.startsWith(title)));
      if (found.length === 0) wrong.push(`${id}: ${file} has no test “${name!}”`);
      if (found.some(({ skipped }) => skipped)) wrong.push(`${id}: ${file}: “${name!}” is skipped`);
      used.add(one);
    }
  assert.deepEqual(wrong, []);
  assert.ok(used.size > 60, `${used.size} tests`);
});

test("the counts that SECURITY.md prints are those of the table", () => {
  const own = rows.filter(({ level }) => level !== "3");
  const count = (of: (row: Row) => boolean) => own.filter(of).length;
  const words = `${own.length} rows of levels 1 and 2: ${count(({ applies, open }) => applies === "yes" && open === "")} are proved by a test, ${count(({ open }) => open !== "")} are open, ${count(({ applies }) => applies === "no")} do not apply`;
  assert.ok(read("SECURITY.md").includes(words), words);
  const open = rows.filter((row) => row.open !== "").map(({ id }) => id);
  assert.ok(read("SECURITY.md").includes(`Open, with what is missing in the table: ${open.join(", ")}.`), open.join(", "));
  assert.deepEqual(rows.filter(({ applies, proof }) => applies === "yes" && proof === "").map(({ id }) => id), [], "no row that applies is without a test");
});

test("the limits that the documents name are those of the code", () => {
  const [desk, security] = [read("docs", "desk.md"), read("SECURITY.md")];
  const minutes = (ms: number) => ms / 60_000;
  const NUMBERS: Record<number, string> = { 10: "ten", 12: "twelve", 7: "seven", 3: "three", 40: "forty", 60: "sixty" };
  const said: [string, string][] = [
    [desk, `${PASSWORD_CHARS_MIN} characters or more`],
    [desk, `${NUMBERS[ATTEMPT_LIMITS.account.count]!} wrong attempts at one name in a quarter of an hour`],
    [desk, `${NUMBERS[ATTEMPT_LIMITS.account_day.count]!} in a day, or ${NUMBERS[ATTEMPT_LIMITS.network.count]!} from one network`],
    [desk, `ends ${NUMBERS[minutes(SESSION_LIMITS.idle_ms) / 60]!} hours after its last use and ${NUMBERS[minutes(SESSION_LIMITS.whole_ms) / 1_440]!} days after its beginning`],
    [desk, `the last one is ${NUMBERS[minutes(SESSION_LIMITS.confirmed_ms)]!} minutes old`],
    [desk, `at most ${NUMBERS[SESSIONS_MAX]!} sessions`],
    [desk, `once and for ${NUMBERS[LINK_HOURS.join / 24]!} days`],
    [desk, `up to ${CAPTURE_BYTES_MAX / 2 ** 20} MB`],
    [desk, `a thousand items and ${DAY_BYTES_MAX / 2 ** 30} GB within a day`],
    [desk, NAMES_TRIED_FIRST.map((name) => `“${name}”`).join(", ")],
    [desk, "ten recovery codes"],
    [security, `argon2id, ${Math.round(ARGON2.memory / 1_024)} MiB, ${ARGON2.passes} passes`],
    [security, "within a week"],
  ];
  assert.deepEqual(said.filter(([page, words]) => !page.toLowerCase().includes(words.toLowerCase())).map(([, words]) => words), []);
  assert.equal(minutes(ATTEMPT_LIMITS.account.window_ms), 15);
});

test("the documents say of every file its level and how long it is kept, how long lines are, and how to make sure who asks for a reset", () => {
  const [folder, deploy, desk] = [read("docs", "data-folder.md"), read("deploy", "README.md"), read("docs", "desk.md")];
  const [files = "", levels = ""] = [folder.split("**Levels.**")[0], /\*\*Levels\.\*\*([^]*?)\n\n\*\*An entry/.exec(folder)?.[1]];
  const named = [...files.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([\w-]+(?:\.\w+)?)/g)].map(([, name]) => name!)).filter((name) => !["tmp", "writer.json", "log"].includes(name));
  assert.ok(named.includes("accounts.db") && named.length > 12, named.join(" "));
  assert.deepEqual(named.filter((name) => !levels.includes(`\`${name}`)), [], "files without a level");
  // And every private database that the code makes stands in the first table.
  const made = [...new Set(sources.flatMap(({ text }) => [...text.matchAll(/_FILE = "([\w-]+\.db)"/g)].map(([, name]) => name!)))];
  assert.ok(made.length >= 8, made.join(" "));
  assert.deepEqual(made.filter((name) => !files.includes(name)), []);
  for (const row of levels.split("\n").filter((line) => /^\| (secret|personal|unpublished|public)/.test(line))) assert.equal(row.split("|").map((cell) => cell.trim()).filter(Boolean).length, 4, row);
  assert.match(deploy, /MaxRetentionSec=\d+day/);
  assert.match(desk, /Before a reset make sure who asks/);
});

const sources = readdirSync(join(repositoryRoot, "src"), { recursive: true })
  .map((name) => String(name).replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => ({ name: `src/${name}`, text: read("src", name).replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "") }));

test("every algorithm in the source stands in the inventory of SECURITY.md, and none that is broken protects anything", () => {
  assert.ok(sources.length > 300);
  const calls = sources.flatMap(({ name, text }) => [...text.matchAll(/\b(createHash|createHmac|createCipheriv|generateKeyPairSync|generateKeySync|pbkdf2\w*|scrypt\w*|argon2|hkdf\w*|createSign|createDiffieHellman|createECDH|createPrivateKey)\(\s*("?[\w-]*"?)/g)].map(([, call, what]) => ({ name, call: call!, what: what! })));
  const known: Record<string, readonly string[]> = { createHash: ['"sha256"'], createHmac: ['"sha256"'], generateKeyPairSync: ['"ed25519"'], argon2: ['"argon2id"'] };
  // SHA-1 where a standard has it: within HMAC (RFC 6238), and for names that protect nothing (UUID version 5, as STIX asks).
  const where: Record<string, string> = { algorithm: "src/accounts/totp.ts", '"sha1"': "src/exchange/stable-id.ts" };
  const wrong = calls.filter(({ call, what, name }) => call !== "createPrivateKey" && where[what] !== name && !known[call]?.includes(what));
  assert.deepEqual(wrong, []);
  assert.deepEqual(sources.filter(({ text }) => /\bmd5\b|Math\.random\(|\brc4\b|\bdes-|aes-\d+-ecb/i.test(text)).map(({ name }) => name), []);
  assert.deepEqual(sources.filter(({ text }) => /\brandomBytes\(|getRandomValues\(/.test(text)).map(({ name }) => name), ["src/effects.ts"], "chance comes from one place");
  const inventory = read("SECURITY.md").split("## Keys and algorithms")[1]!.split("\n## ")[0]!;
  for (const word of ["SHA-256", "HMAC-SHA-256", "Ed25519", "argon2id", "HMAC-SHA-1", "DKIM", "WebAuthn"]) assert.ok(inventory.includes(word), word);
});

test("nothing makes code of text, runs a shell, or stores anything in the browser but words not yet saved", () => {
  const where = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name).sort();
  assert.deepEqual(where(/(?<![\w.])eval\(|new Function\(|node:vm|\bshell: *true|\bexecSync\(|\bexecFile|setTimeout\(\s*["'`]/), []);
  assert.deepEqual(where(/node:child_process/), ["src/desk/desk-process.ts", "src/desk/job-child.ts", "src/evidence/limited-child.ts"], "who starts processes, by a list of arguments");
  const client = sources.filter(({ name }) => name.startsWith("src/desk/client/"));
  assert.ok(client.length >= 4);
  const kept = client.filter(({ text }) => /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|localStorage|sessionStorage|indexedDB|document\.cookie|addEventListener\(\s*["']message["']|createContextualFragment|DOMParser/.test(text)).map(({ name }) => name);
  assert.deepEqual(kept, ["src/desk/client/editor-saving.ts", "src/desk/client/unsaved.ts"], "words not yet saved are kept on the device until the desk has them");
  // Each made of constants, of letters alone, or through RegExp.escape: whoever adds one looks at that first.
  assert.deepEqual(where(/new RegExp\(/), [
    "src/api/endpoint.ts", "src/casefile/read-wording.ts", "src/chains/bech32-address.ts", "src/datasets/readers/incident-wiki.ts", "src/datasets/readers/ofac-sdn.ts",
    "src/desk/look-at-story.ts", "src/newsletter/bounce-words.ts", "src/press/lint.ts", "src/reports/read-reports.ts", "src/screening/entry-details.ts",
  ]);
  // "== null" means null or undefined; any other loose comparison is one too many.
  const loose = sources.flatMap(({ name, text }) => text.split("\n").filter((line) => /[^=!<>]==(?!=)(?! null)\s|[^!]!=(?!=)(?! null)\s/.test(line) && !/SELECT|!= \?/.test(line)).map((line) => `${name}: ${line.trim()}`));
  assert.deepEqual(loose.filter((line) => !line.startsWith("src/cli/completion.ts")), []);
});

test("the proxies of deploy/ speak TLS 1.2 and 1.3 alone, and tell browsers to stay with it", () => {
  const [nginx, caddy, notes] = [read("deploy", "nginx.conf"), read("deploy", "Caddyfile"), read("deploy", "README.md")];
  assert.match(nginx, /^\s*ssl_protocols TLSv1\.2 TLSv1\.3;$/m);
  assert.match(notes, /^\s*ssl_protocols TLSv1\.2 TLSv1\.3;$/m);
  for (const text of [nginx, caddy]) assert.match(text, /Strict-Transport-Security "max-age=31536000; includeSubDomains"/);
  // What comes without TLS is led to it or refused, and never handed on.
  for (const server of nginx.split(/^server \{$/m).filter((text) => /listen 80\b/.test(text))) assert.doesNotMatch(server, /proxy_pass|root /);
});

test("the proxies of deploy/ use certificates of a public authority, and lines leave for another machine over TLS", () => {
  const [nginx, caddy, notes] = [read("deploy", "nginx.conf"), read("deploy", "Caddyfile"), read("deploy", "README.md")];
  for (const text of [nginx, notes]) {
    const files = [...text.matchAll(/^\s*ssl_certificate(?:_key)?\s+(\S+);$/gm)].map(([, file]) => file!);
    assert.ok(files.length >= 2 && files.every((file) => file.startsWith("/etc/letsencrypt/live/")), files.join(" "));
  }
  // Caddy fetches one by itself for each name that it serves, unless it is told not to.
  assert.match(caddy, /^news\.example \{$/m);
  assert.doesNotMatch(caddy, /^\s*tls\b|auto_https|local_certs/m);
  // Lines are written to the streams that others take, and to no file of ours.
  assert.deepEqual(sources.filter(({ text }) => /appendFile|createWriteStream|\bsyslog\b/.test(text)).map(({ name }) => name), []);
  const upload = ["URL=https://", "ServerKeyFile=", "ServerCertificateFile=", "TrustedCertificateFile="];
  assert.deepEqual(upload.filter((words) => !notes.includes(words)), []);
});
