// What is out, and what may still be done to it: every revision with its changes, a new one begun as a draft, a withdrawal.
// Whether a number of it moved or not: moved.ts is where evidence asks for it, here a person does.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { changesOf, draftOfPublished, findCard, listCards, listRevisions, readPublication, withdrawStory, type Publication } from "../../press/press.ts";
import { html, publishedHref, type Html } from "../../site/site.ts";
import { deskForm, field, when } from "../frame.ts";
import { seesDraft } from "../objects.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

const SHOWN = 50;
const LINES_SHOWN = 400;

export const publicationOf = (context: SignedInContext, slug: string): Publication => {
  const publication = readPublication(context.newsroom.log, slug);
  if (publication) return publication;
  throw new TracewireError("NOT_FOUND", { what: `There is no published story “${slug.slice(0, 100)}”` });
};

function listPage({ newsroom, publicHref }: SignedInContext, before: number): Html {
  const cards = listCards(newsroom.log, { before, limit: SHOWN, withdrawn: "include" });
  return html`<h1>Published</h1>
<p class="hint">What is out, the newest first. What was printed stays as it was printed: a change is a new revision.</p>
<form method="get" action="/desk/published" class="row">${field("slug", "Its address", { required: true, hint: "The last part: nomad-bridge-561-addresses" })}<button>Open it</button></form>
${
  cards.length === 0
    ? html`<p>Nothing is out. <a href="/desk/stories">Begin a story</a>.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Story</th><th>First out</th><th>Revision</th><th>State</th></tr></thead><tbody>${cards.map(
        (card) => html`<tr><td><a href="/desk/published/${card.slug}">${card.headline}</a></td><td>${when(card.first_at)}</td><td>${card.revision}</td><td>${card.withdrawn === null ? html`<a href="${publicHref(publishedHref(card))}">out</a>` : "withdrawn"}${card.type === "release" && ", a press release"}${card.type === "archive" && ", from an archive"}</td></tr>
`,
      )}</tbody></table></div>
${cards.length === SHOWN && html`<p><a href="/desk/published?before=${cards.at(-1)!.first_seq}" rel="next" data-key="n">Older ones</a></p>
`}`
}`;
}

function changesPart(context: SignedInContext, slug: string, revision: number): Html {
  const { before, lines } = changesOf(context.newsroom.log, slug, revision)!;
  const changed = lines.filter(({ kind }) => kind !== "same");
  if (!before) return html`<p class="hint">The first: all of it is new.</p>
`;
  return changed.length === 0
    ? html`<p class="hint">No sentence differs.</p>
`
    : html`<ul class="plain">${changed.slice(0, LINES_SHOWN).map((line) => html`<li>${line.kind === "gone" ? html`<del>${line.text}</del>` : html`<ins>${line.text}</ins>`}</li>`)}</ul>
`;
}

function storyPage(context: SignedInContext, slug: string): Html {
  const { newsroom, who, drafts, publicHref } = context;
  const revisions = listRevisions(newsroom.log, slug).toReversed();
  const card = findCard(newsroom.log, slug)!;
  const [draft] = drafts.ofSlug(slug);
  const isUnderWay = draft !== undefined && draft.state !== "published";
  const mayBegin = draft === undefined || seesDraft(who, draft);
  const mayWithdraw = can(who.user.role, "stories.publish") && card.withdrawn === null;
  return html`<h1>${card.headline}</h1>
<p class="hint"><a href="${publicHref(publishedHref(card))}">${publishedHref(card)}</a>, revision ${card.revision}, by ${revisions[0]!.by}, ${when(card.newest_at)}. <a href="/desk/reproduce?id=${slug}">Compute its figures again</a>. <a href="/desk/published">All that is out</a></p>
${card.withdrawn !== null && html`<p class="finding"><strong>Withdrawn:</strong> ${card.withdrawn}</p>
`}<section aria-label="What may be done">${
    mayBegin
      ? deskForm(who, `/desk/published/${slug}/draft`, html`<p class="hint">${isUnderWay ? html`A new revision of it is on its way: <a href="/desk/stories/${draft.id}">${draft.state}, version ${draft.version} by ${draft.version_by}</a>.` : "A new revision goes the way of every story: draft, review, approval. A number that comes out otherwise asks for a correction, and a text for its reason."}</p>
<button class="main-act" data-key="v" data-key-words="Revise it">${isUnderWay ? "Open its draft" : card.withdrawn === null ? "Revise it, as a draft" : "Bring it back, as a draft"}</button>`)
      : html`<p class="hint">A new revision of it is on its way, by ${draft.by}.</p>
`
  }${
    mayWithdraw &&
    html`<details><summary data-key="x">Withdraw it</summary>${deskForm(who, `/desk/published/${slug}/withdraw`, html`<input type="hidden" name="revision" value="${card.revision}">${field("why", "Why, for readers", { required: true, hint: "It leaves lists, feeds and search. Its address stays and says why; every revision stays in the log." })}<button>Withdraw it</button>`)}</details>
`
  }</section>
<h2>Revisions</h2>
${revisions.map(
    ({ revision, at, by, why, correction, withdrawn }, place) => html`<section aria-label="Revision ${revision}"><p><strong>Revision ${revision}</strong>, ${by}, ${when(at)}${why !== undefined && html`. ${why}`}${correction && html`. Correction: ${correction.what}`}${withdrawn && html`. Withdrawn: ${withdrawn.why}`}</p>
<details${place === 0 && html` open`}><summary>What it changed</summary>${changesPart(context, slug, revision)}</details></section>
`,
  )}`;
}

export const publishedRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/published",
    about: "What is out, and what was withdrawn, the newest first.",
    rule: { for: "stories.write" },
    query: ["before", "slug"],
    run(context, { query }) {
      const slug = query.get("slug")?.trim();
      if (slug) return { go: `/desk/published/${publicationOf(context, slug).slug}` };
      const before = query.get("before") ?? "";
      return { title: "Published", wide: true, page: listPage(context, /^\d{1,15}$/.test(before) ? Number(before) : Number.MAX_SAFE_INTEGER) };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/published/:slug",
    about: "A story that is out: its revisions and what each changed, and what may be done to it.",
    rule: { for: "stories.write" },
    run(context, { params }) {
      const { slug } = publicationOf(context, params.slug!);
      return { title: slug, page: storyPage(context, slug) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/published/:slug/draft",
    about: "Begins a draft of a story that is out, or opens the one that there is.",
    rule: { for: "stories.write" },
    run(context, { params }) {
      const publication = publicationOf(context, params.slug!);
      const [known] = context.drafts.ofSlug(publication.slug);
      if (known && !seesDraft(context.who, known)) throw new TracewireError("NOT_ALLOWED", { what: "Somebody else has a draft of it", hint: "Ask them, or an editor." });
      const draft = draftOfPublished(context.drafts, publication, context.who.user.handle);
      context.record("story.begin", `draft ${draft.id} of ${publication.slug}`);
      return { go: `/desk/stories/${draft.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/published/:slug/withdraw",
    about: "Takes a story off lists, feeds and search; its address stays and says why.",
    rule: { for: "stories.publish" },
    form: Type.Object({ why: Type.String({ minLength: 3, maxLength: 2_000 }), revision: Type.String({ pattern: "^\\d{1,6}$" }) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const { slug, revision, withdrawn } = publicationOf(context, params.slug!);
      if (withdrawn || revision !== Number(form.revision)) throw new TracewireError("CONFLICT", { what: withdrawn ? "It is withdrawn already" : `It is at revision ${revision} now`, hint: "Open its page again." });
      context.write("story.withdraw", slug, (transaction, { log }) => withdrawStory(transaction, log, slug, { by: context.who.user.handle, why: form.why.trim() }));
      return { go: `/desk/published/${slug}` };
    },
  }),
];
