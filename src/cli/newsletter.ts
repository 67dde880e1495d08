import { readFileSync, writeFileSync } from "node:fs";
import { TracewireError } from "../errors.ts";
import {
  applyBounce,
  checkMailDomain,
  composeDraft,
  draftForms,
  linkSettings,
  listInDoubt,
  listIssues,
  openMailer,
  openPeople,
  openPostOffice,
  outboxStatus,
  peopleStatus,
  readBounce,
  readDraft,
  requireDraft,
  requireMailSettings,
  resolveDoubt,
  sendDraft,
  sendTest,
  txtResolver,
  waitOf,
  type People,
  type RunReport,
  type StoryChoice,
} from "../newsletter/newsletter.ts";
import { change, openReader, openWriter, text, type Command, type CommandContext, type Options } from "./command.ts";
import { listMailedCorrections } from "./mail-worker.ts";
import { wrap } from "./output.ts";
import { baseWords } from "./site-addresses.ts";

const IN_DOUBT_SHOWN_MAX = 200;
const BOUNCE_BYTES_MAX = 10 * 1024 * 1024;

type Action = (context: CommandContext, args: string[], options: Options) => Promise<number | void> | number | void;

export const newsletter: Command = {
  name: "newsletter",
  summary: "Compose an issue from published stories, look at it, send it, and see what became of each letter",
  arguments: "<action> [name...]",
  records: { compose: 20, test: 0, send: 0, resolve: 0, bounce: 0 },
  actions: [
    ["compose [slug...]", "make the one draft there is: of the stories named, or of those that no issue has carried"],
    ["preview", "print the draft as every reader will get it"],
    ["test <address>", "one copy of the draft to yourself"],
    ["send", "make the draft an issue and queue it for every subscriber"],
    ["status", "people, issues, letters by state, and letters in doubt"],
    ["resolve --sent <row> | --again <row>", "say what became of a letter in doubt"],
    ["bounce <file...>", "read returned mails and complaints"],
    ["check-dns <domain>", "look for the SPF, DKIM and DMARC records of a domain"],
  ],
  writes: true,
  options: [
    { flags: "--subject <words>", about: "compose: a subject without digits (else the lead story's headline)" },
    { flags: "--topic <topic>", about: "compose: for those alone who chose this topic; its stories are of it" },
    { flags: "--html <file>", about: "preview: write the HTML form to a file as well" },
    { flags: "--wait", about: "send: stay until the outbox is empty; a running site sends by itself" },
    { flags: "--sooner <why>", about: "send: within a week of the last issue, for a reason that readers see" },
    { flags: "--sent <row>", about: "resolve: the letter in doubt arrived" },
    { flags: "--again <row>", about: "resolve: it did not arrive, send it again" },
    { flags: "--selector <name>", about: "check-dns: the DKIM selector (TRACEWIRE_DKIM_SELECTOR in the environment)" },
    { flags: "--server <address>", about: "check-dns: ask this name server" },
  ],
  examples: [
    ["tracewire newsletter compose", "a draft of all stories that no issue has carried; or name stories by their slug"],
    ["tracewire newsletter compose --topic Sanctions", "a letter for those who chose that topic, and for nobody else"],
    ["tracewire newsletter preview", "its plain form, as every reader will get it"],
    ["tracewire newsletter test me@example.org", "one copy to yourself; nothing is written to the log"],
    ["tracewire newsletter send --wait", "the issue becomes an entry of the log and goes to every subscriber once"],
    ["tracewire newsletter status", "who was reached; letters in doubt, each with its row number"],
    ["tracewire newsletter resolve --sent 12", "a person found out that the letter of row 12 arrived"],
    ["tracewire newsletter bounce returned-1.eml", "read returned mails and complaints, as files or - for standard input"],
    ["tracewire newsletter check-dns example.org --selector news", "ask for SPF, DKIM and DMARC of your own domain"],
  ],
  exits: { 1: "letters in doubt wait for a person, a bounce could not be read, or a DNS record is missing" },
  run(context, [name, ...args], options) {
    const action = Object.hasOwn(ACTIONS, name!) ? ACTIONS[name!] : undefined;
    if (!action) throw new TracewireError("BAD_ARGUMENT", { what: `There is no action "${name}"`, hint: `Actions: ${Object.keys(ACTIONS).join(", ")}.` });
    return action(context, args, options);
  },
};

/** Said before anything is sent. */
function sayLinks({ output }: CommandContext, links: ReturnType<typeof linkSettings>): void {
  output.line(`Links in it begin with ${links.base_url} (${baseWords(links)}).`);
}

const ACTIONS: Record<string, Action> = {
  compose: (context, slugs, options) =>
    withRooms(context, ({ people, newsroom }) => {
      const { choice, ...draft } = composeDraft(people, newsroom.log, { slugs, subject: text(options, "subject"), for_topic: text(options, "topic") });
      const links = linkSettings(people, context.config.mail);
      context.output.json({ ...draft, choice, base_url: links.base_url });
      context.output.line(`Draft: ${context.output.bold(draft.subject)}`);
      if (draft.for_topic !== undefined) context.output.line(`It is for those who chose ${draft.for_topic}, and for nobody else.`);
      for (const line of choiceWords(choice)) for (const part of wrap(line, context.output.width)) context.output.line(part);
      for (const { slug, revision, headline, published } of choice.stories) context.output.line(`  ${slug}, revision ${revision} (${published}): ${headline}`);
      context.output.line("Others, in your order: tracewire newsletter compose SLUG SLUG; what there is: tracewire show stories.");
      const wait = waitOf(newsroom.log, context.effects.clock());
      if (wait) context.output.line(`Issue ${wait.last} is less than a week old: this one may go on ${wait.until}, or with send --sooner WHY.`);
      sayLinks(context, links);
      context.output.line("Next: tracewire newsletter preview, test ADDRESS, send.");
    }),

  preview: (context, _, options) =>
    withRooms(context, ({ people, newsroom }) => {
      const forms = draftForms(newsroom.log, requireDraft(people), linkSettings(people, context.config.mail).base_url, "draft");
      const file = text(options, "html");
      if (file) writeFileSync(file, forms.html);
      context.output.json(forms);
      context.output.line(`Subject: ${forms.subject}`);
      context.output.line();
      context.output.line(forms.text);
      if (file) context.output.note(`The HTML form is in ${file}`);
    }),

  test: (context, [address]) =>
    withRooms(context, async ({ people, newsroom }) => {
      if (!address) throw new TracewireError("BAD_ARGUMENT", { what: "Name the address for the test copy" });
      requireMailSettings(context.config.mail);
      const settings = linkSettings(people, context.config.mail);
      sayLinks(context, settings);
      const delivery = await sendTest(people, newsroom.log, settings, address);
      context.output.json({ ...delivery, base_url: settings.base_url });
      if (delivery.outcome !== "accepted") throw new TracewireError("EGRESS_FAILED", { what: `The test copy was not taken: ${delivery.reply}`, hint: "Check TRACEWIRE_SMTP_URL; see docs/newsletter.md." });
      context.output.line(context.config.mail.smtp_url ? `Taken by the mail server: ${delivery.reply}` : "Kept on this machine; read it at /mail while the site runs.");
    }),

  send: async (context, _, options) => {
    requireMailSettings(context.config.mail);
    const newsroom = openWriter(context);
    const people = openPeople(context.config.data, context.effects);
    try {
      const mail = linkSettings(people, context.config.mail);
      sayLinks(context, mail);
      if (context.dryRun) {
        const forms = draftForms(newsroom.log, requireDraft(people), mail.base_url, "draft");
        const wait = waitOf(newsroom.log, context.effects.clock());
        context.output.line(wait && !text(options, "sooner") ? `Would wait until ${wait.until}: ${forms.subject}` : `Would send: ${forms.subject}`);
        return;
      }
      const pending = readDraft(people);
      if (pending || !options.wait) {
        const { issue, queued } = sendDraft(people, newsroom.log, {
          base: mail.base_url,
          by: context.by,
          sooner: text(options, "sooner"),
          transact: (run) => change(context, newsroom, run),
        });
        context.output.json({ number: issue.number, entry: issue.seq, subject: issue.subject, queued, base_url: issue.base });
        context.output.line(`Issue ${issue.number} (entry ${issue.seq}) is queued for ${queued} subscriber${queued === 1 ? "" : "s"}.`);
      }
      if (!options.wait) {
        context.output.line("A running site sends it now; without one: tracewire newsletter send --wait.");
        return;
      }
      const office = openPostOffice({
        people,
        mailer: await openMailer(people, mail),
        settings: mail,
        log: newsroom.log,
        corrections: listMailedCorrections,
      });
      const report = await office.run();
      await office.stop();
      context.output.json(report);
      context.output.line(reportWords(report));
      return report.in_doubt > 0 ? 1 : 0;
    } finally {
      people.close();
      newsroom.close();
    }
  },

  status: (context) =>
    withRooms(context, ({ people, newsroom }) => {
      const { output } = context;
      const [persons, mails, doubts] = [peopleStatus(people), outboxStatus(people), listInDoubt(people, IN_DOUBT_SHOWN_MAX)];
      output.json({ people: persons, draft: readDraft(people) ?? null, mails, in_doubt: doubts });
      output.line(`People: ${Object.entries(persons).map(([state, count]) => `${count} ${state}`).join(", ") || "none"}`);
      output.line(`Issues sent: ${listIssues(newsroom.log, 1)[0]?.number ?? 0}`);
      for (const { mail, states } of mails)
        output.line(`  ${mail}: ${Object.entries(states).map(([state, count]) => `${count} ${state.replace("_", " ")}`).join(", ")}`);
      if (doubts.length > 0) {
        output.line(output.bold(`${doubts.length} in doubt: the mail server may or may not have taken these.`));
        for (const line of wrap("Look for the Message-ID in the server's log, or ask the reader; then resolve --sent ROW or --again ROW.", output.width, "  ")) output.line(line);
        for (const { id, mail, message_id, claimed_at, last } of doubts) output.line(`  row ${id}  ${mail}  ${message_id}  ${claimed_at}  ${last ?? ""}`);
      }
      return doubts.length > 0 ? 1 : 0;
    }),

  resolve: (context, _, options) =>
    withRooms(context, ({ people }) => {
      const [sent, again] = [text(options, "sent"), text(options, "again")];
      const row = sent ?? again;
      if ((sent === undefined) === (again === undefined) || !/^\d{1,12}$/.test(row!))
        throw new TracewireError("BAD_ARGUMENT", { what: "Say --sent ROW or --again ROW, with a row number of newsletter status" });
      resolveDoubt(people, Number(row), sent === undefined ? "again" : "sent");
      context.output.json({ row: Number(row), resolved: sent === undefined ? "again" : "sent" });
      context.output.line(sent === undefined ? `Row ${row} is queued again.` : `Row ${row} counts as sent.`);
    }),

  bounce: async (context, files) => {
    if (files.length === 0) throw new TracewireError("BAD_ARGUMENT", { what: "Name files with returned mails, or - for standard input" });
    const people = openPeople(context.config.data, context.effects);
    let unread = 0;
    try {
      for (const file of files) {
        const bounce = await readBounce(readMail(file));
        const effect = context.dryRun ? "not applied" : applyBounce(people, bounce);
        if (bounce.class === "unknown") unread += 1;
        context.output.json({ file, ...bounce, effect });
        context.output.line(`${file}: ${bounce.class}${bounce.address ? `, ${bounce.address}` : ""}: ${effect}`);
      }
    } finally {
      people.close();
    }
    return unread > 0 ? 1 : 0;
  },

  "check-dns": async (context, [domain], options) => {
    if (!domain) throw new TracewireError("BAD_ARGUMENT", { what: "Name the domain that your letters are from" });
    const findings = await checkMailDomain(context.config.mail, { domain, selector: text(options, "selector"), resolveTxt: txtResolver(text(options, "server")) });
    for (const finding of findings) {
      context.output.json(finding);
      context.output.line(`${finding.ok ? "good   " : "missing"}  ${context.output.bold(finding.record)}  ${finding.what}`);
    }
    return findings.every(({ ok }) => ok) ? 0 : 1;
  },
};

/** Which stories and why these, and what is left for another time. */
function choiceWords({ why, stories, last, waiting }: StoryChoice): string[] {
  const count = stories.length === 1 ? "the story" : `the ${stories.length} stories`;
  if (why === "named") return [`Of ${count} that you named:`];
  const since = last ? `that no issue has carried, newest first (issue ${last.number}, the last, went on ${last.on})` : "published, newest first: no issue has gone out yet";
  return [
    `Of ${count} ${since}. Press releases are left out.`,
    ...(waiting > 0 ? [`${waiting} older ${waiting === 1 ? "story waits" : "stories wait"}: an issue carries at most ${stories.length}.`] : []),
  ];
}

type Rooms = { people: People; newsroom: ReturnType<typeof openReader> };

async function withRooms<T>(context: CommandContext, run: (rooms: Rooms) => T | Promise<T>): Promise<T> {
  const newsroom = openReader(context);
  const people = openPeople(context.config.data, context.effects);
  try {
    return await run({ people, newsroom });
  } finally {
    people.close();
    newsroom.close();
  }
}

function readMail(file: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    throw new TracewireError("NOT_FOUND", { what: "The mail cannot be read", where: file, cause: error });
  }
  if (bytes.length > BOUNCE_BYTES_MAX) throw new TracewireError("BAD_INPUT", { what: `A mail of ${bytes.length} bytes is over the limit of ${BOUNCE_BYTES_MAX}`, where: file });
  return bytes;
}

function reportWords({ sent, failed, deferred, in_doubt, server_down }: RunReport): string {
  const parts = [`${sent} sent`, failed && `${failed} failed`, deferred && `${deferred} to be tried again`, in_doubt && `${in_doubt} in doubt (tracewire newsletter status)`];
  return `${parts.filter(Boolean).join(", ")}.${server_down ? " The mail server takes nothing now; run it again later." : ""}`;
}
