// Every mistake of ours that was mended, in one list: from the same records as the notices on the stories.
import { countCorrections, listCorrections, toldOnce, type Correction } from "../../press/press.ts";
import { html, type Html } from "../html.ts";
import { countIn, csvAnswer, jsonList, onward } from "../answers.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { dayOf, formatDay, plural, revisionHref, storyHref } from "../words.ts";

const CORRECTIONS_SHOWN = 20;
const CORRECTIONS_IN_A_FILE = 200;
const COLUMNS = ["at", "kind", "slug", "headline", "from_revision", "to_revision", "what"];

export const correctionRoutes: Route[] = [
  {
    path: "/corrections",
    about: "Every correction and withdrawal, latest first, twenty to a page.",
    query: ["before"],
    render(context, { query }) {
      const found = known(context, query, CORRECTIONS_SHOWN + 1);
      const corrections = found.slice(0, CORRECTIONS_SHOWN);
      const more = found.length > CORRECTIONS_SHOWN ? corrections.at(-1)!.seq : undefined;
      const count = countCorrections(context.log, context.at.log_size);
      const body = html`<div class="column"><h1>Corrections</h1>
<p class="standfirst">What we got wrong, what stood there, and what stands there now. Nothing is changed without a line here, and every older version stays readable.</p>
${
  corrections.length === 0
    ? html`<p>No story has needed a correction so far. If you think that one does: <a href="/about#report-an-error">how to report an error</a>.</p>`
    : html`<p class="note">${plural(count, "correction", "corrections")}. The same as <a href="/corrections.csv">CSV</a>, <a href="/corrections.json">JSON</a> or a <a href="/corrections/feed.xml">feed</a>.</p>
${corrections.map(correctionHtml)}`
}${(more !== undefined || query.has("before")) && html`<nav class="pages" aria-label="Pages">${query.has("before") && html`<a href="/corrections">Newest</a>`}${more !== undefined && html`<a rel="next" href="/corrections?before=${more}">Older</a>`}</nav>`}</div>`;
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
    query: ["before"],
    render(context, { query, path }) {
      const { rows, next } = fileOf(context, query, path);
      return csvAnswer("corrections.csv", COLUMNS, rows, ["stories"], next);
    },
  },
  {
    path: "/corrections.json",
    about: "Corrections as JSON.",
    query: ["before"],
    render(context, { query, path }) {
      const { rows, next } = fileOf(context, query, path);
      return jsonList(context.at.log_size, COLUMNS, rows, ["stories"], next);
    },
  },
];

/** Those before the entry that the cursor names. */
function known({ log, at }: SiteContext, query: URLSearchParams, limit: number): Correction[] {
  const before = query.get("before") ? Math.min(countIn(query, "before"), at.log_size) : at.log_size;
  return listCorrections(log, { before, limit });
}

function fileOf(context: SiteContext, query: URLSearchParams, path: string) {
  const items = known(context, query, CORRECTIONS_IN_A_FILE);
  const next = items.length === CORRECTIONS_IN_A_FILE ? onward(path, query, { before: String(items.at(-1)!.seq) }) : undefined;
  return { rows: rowsOf(items), next };
}

const rowsOf = (items: readonly Correction[]) =>
  items.map((item) => [item.at, item.kind, item.slug, item.headline, item.from_revision, item.to_revision, item.what]);

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
  return html`${toldOnce(sentences)
    .slice(0, 6)
    .map(
      ({ was, now }) =>
        html`<dl class="waswas">${was !== null && html`<dt>Was</dt><dd><del>${was}</del></dd>`}${now !== null && html`<dt>Now</dt><dd><ins>${now}</ins></dd>`}</dl>`,
    )}`;
}
