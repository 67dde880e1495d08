// Press releases: what a supplier sends by the one form that their account opens, and where an editor accepts it or refuses it
// with a note. `tracewire supplied` does the same.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import {
  acceptRelease,
  dueOf,
  lintRelease,
  refuseRelease,
  releaseSlug,
  releaseStory,
  SUBMISSION_LIMITS as LIMITS,
  TOPICS,
  whatBecame,
  type LintFinding,
  type Submission,
} from "../../press/press.ts";
import { html, type Html } from "../../site/site.ts";
import { area, deskForm, field, when } from "../frame.ts";
import { seesSubmission } from "../objects.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

const submissionOf = ({ submissions }: SignedInContext, params: Record<string, string>): Submission => submissions.find(Number(params.submission))!;
const requireOrganisation = ({ who }: SignedInContext): string => {
  if (who.user.organisation !== null) return who.user.organisation;
  throw new TracewireError("NOT_ALLOWED", { what: "Your account names no organisation", hint: "An administrator gives it one." });
};

const FINDINGS_SHOWN = 40;
const DEFAULT_TOPIC = "Security";
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const SEND_FORM = Type.Object(
  {
    headline: text(LIMITS.headline),
    summary: text(LIMITS.summary),
    text: text(LIMITS.text * 2),
    embargo: Type.Optional(Type.String({ maxLength: 40 })),
    contact: text(LIMITS.contact),
    licence: text(LIMITS.licence),
  },
  { additionalProperties: false },
);

function became(context: SignedInContext, submission: Submission): Html {
  const found = whatBecame(context.newsroom, submission);
  const page = (slug: string) => context.publicHref(`/press-releases/${slug}`);
  switch (found.is) {
    case "open":
      return html`sent, not decided yet`;
    case "out":
      return html`accepted, <a href="${page(found.slug)}">out</a> since ${when(found.at)}`;
    case "waiting":
      return html`accepted, kept until ${when(found.due)} UTC`;
    case "not out":
      return html`accepted, and it did not come out: ${found.why}`;
    default:
      return html`${found.is}`;
  }
}

const steps = ({ submissions }: SignedInContext, submission: Submission): Html =>
  html`<h2>Steps</h2>
<ul class="plain">${submissions.steps(submission.id).map(({ at, by, state, note }) => html`<li>${when(at)} ${by}: ${state}${note !== "" && html`. ${note}`}</li>
`)}</ul>
`;

const shown = ({ headline, summary, text: words, embargo, contact, licence }: Submission): Html =>
  html`<article class="supplied-text"><h2>${headline}</h2>
<p><strong>${summary}</strong></p>
${words.split(/\n[ \t]*\n+/).map((paragraph) => html`<p>${paragraph}</p>
`)}</article>
<dl><dt>Not before</dt><dd>${embargo === null ? "at once" : html`${when(embargo)} UTC`}</dd><dt>Licence of the text</dt><dd>${licence}</dd><dt>Contact, not printed</dt><dd>${contact}</dd></dl>
`;

function table(context: SignedInContext, items: readonly Submission[], base: string, withOrganisation: boolean): Html {
  return html`<div class="scroll" tabindex="0"><table><thead><tr><th>Headline</th>${withOrganisation && html`<th>From</th>`}<th>Sent</th><th>What became of it</th></tr></thead><tbody>${items.map(
    (item) => html`<tr><td><a href="${base}/${item.id}">${item.headline}</a></td>${withOrganisation && html`<td>${item.organisation}</td>`}<td>${when(item.at)}, ${item.by}</td><td>${became(context, item)}</td></tr>
`,
  )}</tbody></table></div>
`;
}

function sendPage(context: SignedInContext): DeskAnswer {
  const organisation = requireOrganisation(context);
  const own = context.submissions.list(organisation).filter((item) => seesSubmission(context.who, item));
  return {
    title: "Press releases",
    page: html`<h1>Press releases of ${organisation}</h1>
<p class="hint">An editor reads what you send and accepts it, or refuses it with a note that stands here. Accepted, it is printed in your words, marked “Press release, supplied by ${organisation}. Not our reporting.”</p>
${own.length > 0 && table(context, own, "/desk/releases", false)}<h2>Send one</h2>
${deskForm(
  context.who,
  "/desk/releases",
  html`${field("headline", "Headline", { required: true, hint: `One line, at most ${LIMITS.headline} characters.` })}${area("summary", "What is new, in a sentence or two", { rows: 2, required: true })}${area("text", "Text", { rows: 14, required: true, hint: "Plain words; an empty line begins a new paragraph." })}
<div class="row">${field("embargo", "Not before (UTC)", { hint: "Empty: as soon as it is accepted. Else 2026-11-24T18:00:00Z; until then it is in no page, feed or log." })}${field("licence", "Licence of the text", { required: true, hint: "Such as CC BY 4.0; printed with it." })}</div>
${field("contact", "Whom we may ask", { required: true, hint: "Name and mail or telephone. For the newsroom; never printed." })}<button class="main-act" data-key="s" data-key-words="Send it">Send it</button>
`,
)}`,
  };
}

function findingsPart(words: string, findings: readonly LintFinding[], withFix: boolean): Html {
  return html`${findings.length > 0 && html`<h3>${words}</h3>
<ul class="plain">${findings.slice(0, FINDINGS_SHOWN).map(({ rule, place, what, fix }) => html`<li class="${withFix ? "finding" : "hint"}"><strong>${rule}</strong> ${place}: ${what}${withFix && html`. ${fix}`}</li>
`)}</ul>
${findings.length > FINDINGS_SHOWN && html`<p class="hint">And ${findings.length - FINDINGS_SHOWN} more.</p>`}`}`;
}

function decidePage(context: SignedInContext, submission: Submission): DeskAnswer {
  const { who, newsroom, effects } = context;
  const found = whatBecame(newsroom, submission);
  const slug = releaseSlug(submission);
  const { theirs, open } = lintRelease(newsroom.log, releaseStory(submission, { slug, topic: DEFAULT_TOPIC }, effects.clock()));
  const base = `/desk/supplied/${submission.id}`;
  const mayAccept = found.is === "open" || found.is === "not out";
  return {
    title: submission.headline,
    wide: true,
    page: html`<h1>From ${submission.organisation}</h1>
<p class="hint">Sent ${when(submission.at)} by ${submission.by}; ${became(context, submission)}.</p>
<div class="writing"><section aria-label="As it was sent">
${shown(submission)}</section><section aria-label="Decide">
${mayAccept && html`<h2>Accept</h2>
<p class="hint">It is printed in their words, marked as supplied by ${submission.organisation}${submission.embargo !== null && submission.embargo > effects.clock() && html`, not before ${when(submission.embargo)} UTC`}.</p>
${findingsPart("Must be mended first: refuse it with a note", open, true)}${deskForm(
      who,
      `${base}/accept`,
      html`${field("slug", "Address", { value: slug, required: true, hint: "/press-releases/…" })}${field("topic", "Topic", { value: DEFAULT_TOPIC, list: "topics", required: true })}<datalist id="topics">${Object.keys(TOPICS).map((topic) => html`<option value="${topic}">`)}</datalist><button class="main-act" data-key="s" data-key-words="Accept it">Accept</button>
`,
    )}`}${(mayAccept || found.is === "waiting") && html`<h2>Refuse</h2>
${deskForm(who, `${base}/refuse`, html`${area("note", "Why, for its sender", { rows: 3, required: true })}<button>${found.is === "waiting" ? "Refuse after all" : "Refuse"}</button>`)}`}${findingsPart("Stands because the words are theirs; readers see so", mayAccept ? theirs : [], false)}${steps(context, submission)}</section></div>`,
  };
}

export const releaseRoutes: DeskRoute[] = [
  deskRoute({ method: "GET", path: "/releases", about: "A supplier's press releases, and the form that sends one.", rule: { for: "releases.send" }, run: sendPage }),
  deskRoute({
    method: "POST",
    path: "/releases",
    about: "Sends a press release.",
    rule: { for: "releases.send" },
    form: SEND_FORM,
    run(context, { form }) {
      const embargo = form.embargo === undefined ? null : dueOf(form.embargo.trim());
      const sent = context.submissions.send(context.who.user.handle, { ...form, embargo, organisation: requireOrganisation(context) });
      context.record("release.send", `release ${sent.id}`);
      return { go: `/desk/releases/${sent.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/releases/:submission",
    about: "A press release that one's organisation sent, and what became of it.",
    rule: { for: "releases.send", object: "submission" },
    run(context, { params }) {
      const submission = submissionOf(context, params);
      return {
        title: submission.headline,
        page: html`<h1>${submission.headline}</h1>
<p class="done" role="status">${became(context, submission)}.</p>
${shown(submission)}${submission.state === "sent" && deskForm(context.who, `/desk/releases/${submission.id}/take-back`, html`<button>Take it back</button>`)}${steps(context, submission)}<p><a href="/desk/releases">All of yours</a></p>`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/releases/:submission/take-back",
    about: "Takes a press release back that nobody has decided on.",
    rule: { for: "releases.send", object: "submission" },
    run(context, { params }) {
      const { id } = context.submissions.step(Number(params.submission), context.who.user.handle, ["sent"], "taken back");
      context.record("release.take-back", `release ${id}`);
      return { go: `/desk/releases/${id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/supplied",
    about: "Press releases that suppliers sent.",
    rule: { for: "stories.publish" },
    run(context) {
      const all = context.submissions.list().filter((item) => seesSubmission(context.who, item));
      return {
        title: "Supplied releases",
        wide: true,
        page: html`<h1>Supplied releases</h1>
${all.length === 0 ? html`<p>None yet. Invite a supplier at <a href="/desk/people">People</a>: their account opens one form and nothing else.</p>` : table(context, all, "/desk/supplied", true)}`,
      };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/supplied/:submission",
    about: "One of them: as it was sent, what the lint says, accept or refuse.",
    rule: { for: "stories.publish", object: "submission" },
    run: (context, { params }) => decidePage(context, submissionOf(context, params)),
  }),
  deskRoute({
    method: "POST",
    path: "/supplied/:submission/accept",
    about: "Prints a release, or keeps it until its embargo ends.",
    rule: { for: "stories.publish", object: "submission" },
    form: Type.Object({ slug: Type.String({ maxLength: 100 }), topic: Type.String({ minLength: 1, maxLength: 40 }) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const submission = submissionOf(context, params);
      const done = acceptRelease(context.newsroom, context.submissions, submission, context.who.user.handle, form, context.effects.clock(), context.write);
      if (done.outcome === "scheduled") context.record("release.schedule", `${done.slug} at ${done.due}`);
      return { go: `/desk/supplied/${submission.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/supplied/:submission/refuse",
    about: "Refuses a release with a note that its sender reads.",
    rule: { for: "stories.publish", object: "submission" },
    form: Type.Object({ note: text(LIMITS.note) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const { id } = refuseRelease(context.newsroom, context.submissions, submissionOf(context, params), context.who.user.handle, form.note);
      context.record("release.refuse", `release ${id}`);
      return { go: `/desk/supplied/${id}` };
    },
  }),
];
