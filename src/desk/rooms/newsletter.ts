// The newsletter from the desk: an issue composed of stories, looked at, sent to oneself, sent to whom it is for, and what
// became of each letter. The same as `tracewire newsletter`. No reader is named here: numbers, and rows of the outbox.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import {
  applyBounce,
  audienceOf,
  checkMailDomain,
  composeDraft,
  draftForms,
  linkSettings,
  listInDoubt,
  listIssues,
  outboxStatus,
  peopleStatus,
  readBounce,
  readDraft,
  requireDraft,
  requireMailSettings,
  resolveDoubt,
  sendDraft,
  sendTest,
  STORIES_MAX,
  waitOf,
  type People,
} from "../../newsletter/newsletter.ts";
import { listCards, listOwnTopics } from "../../press/press.ts";
import { oneOf } from "../../schema.ts";
import { html, type Html } from "../../site/site.ts";
import { choice, deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

const STORIES_OFFERED = 60;
const ISSUES_READ_MAX = 500;
const IN_DOUBT_SHOWN = 100;
const MAILS_SHOWN = 12;
const HEADLINE_CHARS = 90;
const SLUG = Type.Optional(Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$", maxLength: 200 }));
const WORDS = Type.Optional(Type.String({ maxLength: 200 }));
const PLACES = Array.from({ length: STORIES_MAX }, (_, at) => `story_${at + 1}`);

async function withPeople<T>({ openPeople }: SignedInContext, use: (people: People) => T | Promise<T>): Promise<T> {
  const people = openPeople();
  try {
    return await use(people);
  } finally {
    people.close();
  }
}

const letterForms = (context: SignedInContext) =>
  withPeople(context, (people) => draftForms(context.newsroom.log, requireDraft(people), linkSettings(people, context.mail).base_url, "draft"));

function page(context: SignedInContext, people: People, note: string): Html {
  const { newsroom, who, effects, mail, publicHref } = context;
  const draft = readDraft(people);
  const [audience, states, doubts] = [audienceOf(people, newsroom.log, draft), peopleStatus(people), listInDoubt(people, IN_DOUBT_SHOWN)];
  const wait = waitOf(newsroom.log, effects.clock());
  const mails = outboxStatus(people).toReversed();
  const isRunning = mails.some(({ states: of }) => (of.queued ?? 0) + (of.sending ?? 0) > 0);
  const issues = listIssues(newsroom.log, 1);
  return html`<h1>Newsletter</h1>
<p class="hint">${issues[0] ? html`Last sent: <a href="${publicHref(`/newsletter/${issues[0].number}`)}">issue ${issues[0].number}</a>, ${when(issues[0].at)}.` : "No issue was sent yet."} ${mail.smtp_url ? "Letters leave by the mail server that is set." : html`No mail server is set: letters stay at <a href="${publicHref("/mail")}">/mail</a>, for this machine only.`}</p>
${note !== "" && html`<p class="done" role="status">${note}</p>
`}<div class="panes"><section aria-label="The issue">
${composePart(context, draft)}
${
  draft &&
  html`<h2>The draft: ${draft.subject}</h2>
<ol>${draft.stories.map(({ slug, revision }) => html`<li><a href="${publicHref(`/stories/${slug}`)}">${slug}</a>, revision ${revision}</li>`)}</ol>
<p>${draft.for_topic !== undefined && html`It is for those who chose ${draft.for_topic}, and for nobody else. `}It goes to ${audience.wanted.toLocaleString("en-US")} of ${audience.subscribed.toLocaleString("en-US")} subscribers. <a href="/desk/newsletter/preview" data-key="v" data-key-words="Look at the letter">Look at it</a></p>
${deskForm(who, "/desk/newsletter/test", html`<div class="row">${field("to", "One copy to", { type: "email", required: true, value: who.user.address ?? "" })}<button>Send a test</button></div>`)}${deskForm(
    who,
    "/desk/newsletter/send",
    html`${wait && html`<p class="finding">Readers were promised at most one issue a week: after issue ${wait.last} the next may go on ${wait.until}. A reason for going sooner stands on the issue’s page.</p>${field("sooner", "Why it goes sooner")}`}<button class="main-act">Send to ${audience.wanted.toLocaleString("en-US")}</button>`,
  )}`
}</section><section class="pane-form" aria-label="Readers and letters">
<h2>Who reads</h2><table class="facts"><tbody>${(["subscribed", "asked", "left", "bounced", "complained"] as const).map((state) => html`<tr><th scope="row">${state}</th><td class="num">${(states[state] ?? 0).toLocaleString("en-US")}</td></tr>
`)}</tbody></table>
<h3>Segments by topic</h3>
<p class="hint">Who chose topics gets the issues that carry one of them; ${audience.every_issue.toLocaleString("en-US")} chose none and get every issue, but those for one topic alone.</p>
<ul class="names">${audience.by_topic.map(([topic, count]) => html`<li>${topic} ${count.toLocaleString("en-US")}</li>`)}</ul>
<h2>Letters</h2>
${isRunning && html`<p class="hint"><a href="/desk/newsletter" data-key="r">Look again</a></p>`}${mails.length === 0 ? html`<p>None was sent. What became of each letter stands here.</p>` : html`<ul class="board">${mails.slice(0, MAILS_SHOWN).map(({ mail: name, states: of }) => html`<li>${name.replace(":", " ")}: ${Object.entries(of).map(([state, count]) => `${count.toLocaleString("en-US")} ${state.replace("_", " ")}`).join(", ")}</li>
`)}</ul>${mails.length > MAILS_SHOWN && html`<p class="hint">The newest ${MAILS_SHOWN} of ${mails.length} shown.</p>`}`}
${
  doubts.length > 0 &&
  html`<h3>In doubt</h3><p class="hint">The mail server may or may not have taken these. Look for the Message-ID in its log, or ask the reader.</p><ul class="board">${doubts.map(
    ({ id, mail: name, message_id, claimed_at }) =>
      html`<li>row ${id}, ${name}, <code>${message_id}</code>, ${when(claimed_at)} ${deskForm(who, "/desk/newsletter/resolve", html`<input type="hidden" name="row" value="${id}"><button name="answer" value="sent">It arrived</button> <button name="answer" value="again">Send again</button>`)}</li>
`,
  )}</ul>`
}
<h3>A returned mail or a complaint</h3>
${deskForm(who, "/desk/newsletter/bounces", html`<input type="file" name="file" aria-label="The mail as a file" required> <button>Read it</button>`, { upload: true })}<h3>The domain that letters are from</h3>
${deskForm(who, "/desk/newsletter/check-dns", html`<div class="row">${field("domain", "Domain", { required: true, value: context.mail.dkim?.domain ?? "", hint: "Its SPF, DKIM and DMARC records are asked for." })}${field("selector", "DKIM selector", { value: context.mail.dkim?.selector ?? "" })}<button>Ask</button></div>`)}</section></div>`;
}

function composePart({ newsroom, who }: SignedInContext, draft: ReturnType<typeof readDraft>): Html {
  const carried = new Set(listIssues(newsroom.log, ISSUES_READ_MAX).flatMap(({ stories }) => stories.map(({ slug }) => slug)));
  const options = listCards(newsroom.log, { type: "story", limit: STORIES_OFFERED }).map(
    ({ slug, headline }) => [slug, `${headline.length > HEADLINE_CHARS ? `${headline.slice(0, HEADLINE_CHARS)}…` : headline}${carried.has(slug) ? " (sent before)" : ""}`] as const,
  );
  const topics = listOwnTopics(newsroom.log).map((topic) => [topic, `those alone who chose ${topic}`] as const);
  const form = deskForm(
    who,
    "/desk/newsletter/compose",
    html`${PLACES.map((name, at) => choice(name, at === 0 ? "Leads" : `Story ${at + 1}`, options, { value: draft?.stories[at]?.slug ?? "", empty: at === 0 ? "those that no issue has carried" : "none" }))}${choice("for_topic", "For", topics, { value: draft?.for_topic ?? "", empty: "everybody who wants one of its topics" })}${field("subject", "Subject", { value: "", hint: "Left empty, the lead story’s headline. No digits: a number is computed." })}<button data-key="s" data-key-words="Compose the issue">Compose</button>`,
  );
  return draft ? html`<details><summary>Compose anew</summary>${form}</details>` : html`<h2>Compose</h2>${form}`;
}

const back = (note: string) => ({ go: `/desk/newsletter?note=${encodeURIComponent(note)}` });
/** What an act says after it; nothing else is printed from the address. */
const NOTES: Record<string, string> = { composed: "Composed.", tested: "The copy is on its way.", resolved: "Settled." };
const NOTE = /^(queued|bounce):[a-z0-9 ,]{1,80}$/;

export const newsletterRoutes: DeskRoute[] = [
  deskRoute({
    method: "POST",
    path: "/newsletter/check-dns",
    about: "Asks for the SPF, DKIM and DMARC records of a domain.",
    rule: { for: "stories.publish" },
    form: Type.Object({ domain: Type.String({ pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$" }), selector: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9._-]{1,63}$" })) }, { additionalProperties: false }),
    async run(context, { form: { domain, selector } }) {
      context.record("newsletter.check-dns", domain);
      const findings = await checkMailDomain(context.mail, { domain, selector, resolveTxt: context.resolveTxt });
      context.record("newsletter.check-dns", domain);
      return {
        title: domain,
        page: html`<h1>${domain}</h1>
<div class="${findings.every(({ ok }) => ok) ? "done" : "finding"}" role="status"><ul class="plain">${findings.map(({ record, ok, what }) => html`<li><strong>${ok ? "good" : "missing"}: ${record}</strong> ${what}</li>
`)}</ul></div>
<p><a href="/desk/newsletter">Newsletter</a></p>`,
      };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/newsletter",
    about: "The draft, whom it is for, and what became of each letter.",
    rule: { for: "stories.publish" },
    query: ["note"],
    async run(context, { query }) {
      const note = query.get("note") ?? "";
      const words = Object.hasOwn(NOTES, note) ? NOTES[note]! : NOTE.test(note) ? note.replace(":", ": ") : "";
      return { title: "Newsletter", page: await withPeople(context, (people) => page(context, people, words)), wide: true };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/newsletter/compose",
    about: "Composes the one draft there is.",
    rule: { for: "stories.publish" },
    form: Type.Object({ ...Object.fromEntries(PLACES.map((name) => [name, SLUG])), subject: WORDS, for_topic: WORDS }, { additionalProperties: false }),
    async run(context, { form }) {
      const { subject, for_topic, ...named } = form as Record<string, string | undefined>;
      const slugs = PLACES.flatMap((name) => named[name] ?? []);
      const draft = await withPeople(context, (people) => composeDraft(people, context.newsroom.log, { slugs, ...(subject ? { subject } : {}), ...(for_topic ? { for_topic } : {}) }));
      context.record("newsletter.compose", draft.subject);
      return back("composed");
    },
  }),
  deskRoute({
    method: "GET",
    path: "/newsletter/preview",
    about: "The letter, in both of its forms.",
    rule: { for: "stories.publish" },
    async run(context) {
      const forms = await letterForms(context);
      return {
        title: forms.subject,
        wide: true,
        page: html`<h1>${forms.subject}</h1>
<p class="hint"><a href="/desk/newsletter">Newsletter</a>. As every reader gets it; each copy has its own links to leave and to choose topics. <a href="/desk/newsletter/preview.html">Its HTML form, as a file</a></p>
<iframe class="preview mail" title="The letter as a mail program shows it" src="/desk/newsletter/preview.html?as=shown"></iframe>
<h2>Its plain form</h2>
<pre class="text" tabindex="0">${forms.text}</pre>`,
      };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/newsletter/preview.html",
    about: "The letter's HTML form: as a file, or shown within a page of the desk.",
    rule: { for: "stories.publish" },
    query: ["as"],
    async run(context, { query }) {
      const forms = await letterForms(context);
      if (query.get("as") === "shown") return { shown: forms.html, styled: true };
      return { file: { name: "letter.html", type: "text/html; charset=utf-8", bytes: forms.html } };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/newsletter/test",
    about: "One copy of the draft to an address.",
    rule: { for: "stories.publish" },
    form: Type.Object({ to: Type.String({ minLength: 3, maxLength: 254 }) }, { additionalProperties: false }),
    async run(context, { form }) {
      requireMailSettings(context.mail);
      const delivery = await withPeople(context, (people) => sendTest(people, context.newsroom.log, linkSettings(people, context.mail), form.to));
      if (delivery.outcome !== "accepted") throw new TracewireError("EGRESS_FAILED", { what: `The test copy was not taken: ${delivery.reply}` });
      context.record("newsletter.test", "the draft");
      return back("tested");
    },
  }),
  deskRoute({
    method: "POST",
    path: "/newsletter/send",
    about: "Sends the draft: the issue becomes an entry of the log, and a letter to each whom it is for.",
    rule: { for: "stories.publish", fresh: true },
    form: Type.Object({ sooner: Type.Optional(Type.String({ maxLength: 300 })) }, { additionalProperties: false }),
    async run(context, { form }) {
      const { mail, newsroom, write, who } = context;
      requireMailSettings(mail);
      const { issue, queued } = await withPeople(context, (people) =>
        sendDraft(people, newsroom.log, {
          base: linkSettings(people, mail).base_url,
          by: who.user.handle,
          ...(form.sooner === undefined ? {} : { sooner: form.sooner }),
          transact: (change) => write("newsletter.send", requireDraft(people).subject, change),
        }),
      );
      return back(`queued:issue ${issue.number}, ${queued} ${queued === 1 ? "letter" : "letters"}`);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/newsletter/resolve",
    about: "A letter in doubt: it arrived, or goes out again.",
    rule: { for: "stories.publish" },
    form: Type.Object({ row: Type.String({ pattern: "^\\d{1,12}$" }), answer: oneOf(["sent", "again"] as const) }, { additionalProperties: false }),
    async run(context, { form }) {
      await withPeople(context, (people) => resolveDoubt(people, Number(form.row), form.answer));
      context.record("newsletter.resolve", `row ${form.row}: ${form.answer}`);
      return back("resolved");
    },
  }),
  deskRoute({
    method: "POST",
    path: "/newsletter/bounces",
    about: "Reads a returned mail or a complaint.",
    rule: { for: "stories.publish" },
    upload: true,
    form: Type.Object({}, { additionalProperties: false }),
    async run(context, { file }) {
      if (!file || file.bytes.length === 0) throw new TracewireError("BAD_INPUT", { what: "There is no mail in it", where: "file" });
      const bounce = await readBounce(file.bytes);
      const effect = await withPeople(context, (people) => applyBounce(people, bounce));
      context.record("newsletter.bounce", bounce.class);
      return back(`bounce:${bounce.class}, ${effect}`.toLowerCase().replaceAll(/[^a-z0-9 ,:]/g, " ").slice(0, 80));
    },
  }),
];
