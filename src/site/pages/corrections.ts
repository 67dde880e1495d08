// Every mistake of ours that was mended, in one list: from the same records as the notices on the stories.
import { listCorrections, type Correction } from "../../press/press.ts";
import { html, type Html } from "../html.ts";
import { csvAnswer, jsonList } from "../answers.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { dayOf, formatDay, plural, revisionHref, storyHref } from "../words.ts";

const CORRECTIONS_MAX = 200;
const COLUMNS = ["at", "kind", "slug", "headline", "from_revision", "to_revision", "what"];

export const correctionRoutes: Route[] = [
  {
    path: "/corrections",
    about: "Every correction and withdrawal, latest first.",
    render(context) {
      const corrections = known(context);
      const body = html`<div class="column"><h1>Corrections</h1>
<p class="standfirst">What we got wrong, what stood there, and what stands there now. Nothing is changed without a line here, and every older version stays readable.</p>
${
  corrections.length === 0
    ? html`<p>No story has needed a correction so far. If you think that one does: <a href="/about#report-an-error">how to report an error</a>.</p>`
    : html`<p class="note">${plural(corrections.length, "correction", "corrections")}. The same as <a href="/corrections.csv">CSV</a>, <a href="/corrections.json">JSON</a> or a <a href="/corrections/feed.xml">feed</a>.</p>
${corrections.map(correctionHtml)}`
}</div>`;
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({
          title: "Corrections",
          description: "Every correction and withdrawal, with what stood there before.",
          path: "/corrections",
          context,
          body,
        }),
        depends: ["stories"],
      };
    },
  },
  {
    path: "/corrections.csv",
    about: "Corrections as CSV.",
    render: (context) => csvAnswer("corrections.csv", COLUMNS, rows(context), ["stories"]),
  },
  {
    path: "/corrections.json",
    about: "Corrections as JSON.",
    render: (context) => jsonList(context.at.log_size, COLUMNS, rows(context), ["stories"]),
  },
];

const known = ({ log, at }: SiteContext): Correction[] => listCorrections(log, { before: at.log_size, limit: CORRECTIONS_MAX });
const rows = (context: SiteContext) =>
  known(context).map((item) => [item.at, item.kind, item.slug, item.headline, item.from_revision, item.to_revision, item.what]);

function correctionHtml(item: Correction): Html {
  return html`<section class="box" id="c${item.seq}">
<h2 class="label"><time datetime="${dayOf(item.at)}">${formatDay(item.at)}</time> · ${item.kind === "withdrawal" ? "Withdrawn" : "Corrected"}</h2>
<p><a href="${storyHref(item.slug)}">${item.headline}</a></p>
<p>${item.what}</p>
${sentencesHtml(item)}
<p class="note"><a href="${revisionHref(item.slug, item.from_revision)}">As it was, revision ${item.from_revision}</a> · <a href="${revisionHref(item.slug, item.to_revision)}/changes">What changed</a></p>
</section>
`;
}

export function sentencesHtml({ sentences }: Pick<Correction, "sentences">): Html {
  return html`${sentences
    .slice(0, 6)
    .map(
      ({ was, now }) =>
        html`<dl class="waswas">${was !== null && html`<dt>Was</dt><dd><del>${was}</del></dd>`}${now !== null && html`<dt>Now</dt><dd><ins>${now}</ins></dd>`}</dl>`,
    )}`;
}
