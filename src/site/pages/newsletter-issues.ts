// What the newsletter has sent: every issue as an entry of the log, made again from the stories it carried.
import { formHashes, listIssues, readIssue, sentForms, type Issue } from "../../newsletter/newsletter.ts";
import { printerOf, readPublication } from "../../press/press.ts";
import { csvAnswer, htmlType, jsonAnswer, jsonList } from "../answers.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { dayOf, formatDay, plural, revisionHref } from "../words.ts";

const ISSUES_MAX = 500;
const COLUMNS = ["number", "sent", "subject", "for_topic", "stories", "text_sha256", "html_sha256", "entry"] as const;
const DEPENDS = ["issues", "stories"];

export const issueRoutes: Route[] = [
  {
    path: "/newsletter/issues",
    about: "Every issue sent.",
    render: (context) => {
      const issues = known(context);
      const body = html`<p class="label"><a href="/newsletter">Newsletter</a></p>
<h1>What has been sent</h1>
<p>Each issue is an entry of the log. Its page shows the words as they went out, and whether they still hash to what was written down then.</p>
${
  issues.length === 0
    ? html`<p>Nothing has been sent yet.</p>`
    : html`<ol class="plain issues">${issues.map(
        (issue) => html`<li><a href="/newsletter/issues/${issue.number}">${issue.subject}</a>
<span class="note">Issue ${issue.number}, <time datetime="${dayOf(issue.at)}">${formatDay(issue.at)}</time>, ${plural(issue.stories.length, "story", "stories")}${issue.for_topic !== undefined && html`, for those who chose ${issue.for_topic}`}</span></li>
`,
      )}</ol>`
}
<p class="note">The same list as <a href="/newsletter/issues.csv">CSV</a> and <a href="/newsletter/issues.json">JSON</a>.</p>`;
      return page(context, "What the newsletter has sent", "/newsletter/issues", body, [
        { href: "/newsletter/issues.csv", type: "text/csv", title: "This list as CSV" },
        { href: "/newsletter/issues.json", type: "application/json", title: "This list as JSON" },
      ]);
    },
  },
  {
    path: "/newsletter/issues.csv",
    about: "The same list as CSV.",
    render: (context) => csvAnswer("newsletter-issues.csv", COLUMNS, rows(context), DEPENDS),
  },
  {
    path: "/newsletter/issues.json",
    about: "The same list as JSON.",
    render: (context) => jsonList(context.at.log_size, COLUMNS, rows(context), DEPENDS),
  },
  {
    path: "/newsletter/issues/:number",
    about: "One issue: its stories, its words as sent, their hashes; with .json behind the number: the entry.",
    render(context, { params }) {
      const name = params.number!.replace(/\.json$/, "");
      if (!/^[1-9]\d{0,6}$/.test(name)) return undefined;
      const issue = readIssue(context.log, Number(name));
      if (!issue || issue.seq >= context.at.log_size) return undefined;
      if (name !== params.number) return jsonAnswer(issue, DEPENDS);
      return issuePage(context, issue);
    },
  },
];

function issuePage(context: SiteContext, issue: Issue): Page {
  const forms = sentForms(context.log, issue);
  const again = forms && formHashes(forms);
  const isSame = again?.text_sha256 === issue.text_sha256 && again.html_sha256 === issue.html_sha256;
  const verdict = !forms
    ? "A story it carried was erased since, so its words cannot be made again."
    : isSame
      ? "Made again from the stories, both forms hash to what was written down when it was sent."
      : "Made again, the forms do not hash to what was written down: the words below may differ from those sent.";
  const body = html`<p class="label"><a href="/newsletter/issues">Newsletter</a></p>
<h1>${issue.subject}</h1>
<p class="byline">Issue ${issue.number} · sent <time datetime="${dayOf(issue.at)}">${formatDay(issue.at)}</time> · <a href="/log/${issue.seq}">entry ${issue.seq.toLocaleString("en-US")} of the log</a></p>
${issue.sooner && html`<p class="known">It came within a week of the issue before it. Why: ${issue.sooner}</p>
`}${issue.for_topic !== undefined && html`<p class="known">It went to those who had chosen ${issue.for_topic}, and to nobody else.</p>
`}<section aria-labelledby="carried"><h2 id="carried">What it carried</h2>
<ul>${issue.stories.map(({ slug, revision }) => storyLine(context, slug, revision))}</ul></section>
<section aria-labelledby="words"><h2 id="words">The words, as plain text</h2>
<p>${verdict}</p>
${forms && html`<pre class="text">${forms.text}</pre>`}
<dl class="facts"><div><dt>Plain form, SHA-256</dt><dd>${issue.text_sha256}</dd></div><div><dt>HTML form, SHA-256</dt><dd>${issue.html_sha256}</dd></div></dl>
<p class="note">Each reader’s letter had in addition a line with their own links to leave. <a href="/newsletter/issues/${issue.number}.json">The entry as JSON</a></p></section>`;
  return page(context, `Issue ${issue.number}: ${issue.subject}`, `/newsletter/issues/${issue.number}`, body, [
    { href: `/newsletter/issues/${issue.number}.json`, type: "application/json", title: "This issue’s entry" },
  ]);
}

function storyLine(context: SiteContext, slug: string, revision: number): Html {
  const publication = readPublication(context.log, slug, revision);
  if (!publication) return html`<li>${slug}, revision ${revision} (erased)</li>`;
  const newest = readPublication(context.log, slug)!;
  return html`<li><a href="${revisionHref(slug, revision)}">${printerOf(context.log, publication.figures)(publication.story.headline)}</a>, revision ${revision}${
    newest.revision > revision &&
    html`; <a href="/stories/${slug}">${newest.withdrawn ? "since withdrawn" : `now revision ${newest.revision}`}</a>`
  }</li>`;
}

function known({ log, at }: SiteContext): Issue[] {
  return listIssues(log, ISSUES_MAX).filter(({ seq }) => seq < at.log_size);
}

function rows(context: SiteContext) {
  return known(context).map((issue) => [
    issue.number,
    issue.at,
    issue.subject,
    issue.for_topic ?? null,
    issue.stories.map(({ slug, revision }) => `${slug}@${revision}`).join(" "),
    issue.text_sha256,
    issue.html_sha256,
    issue.seq,
  ]);
}

function page(
  context: SiteContext,
  title: string,
  path: string,
  body: Html,
  alternates: { href: string; type: string; title: string }[],
): Page {
  const description = "Every issue of the Tracewire newsletter, with the words as they were sent and their hashes.";
  return { content_type: htmlType, body: frame({ title, description, path, context, body, alternates }), depends: DEPENDS };
}
