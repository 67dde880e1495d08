// A story as it will be: its own page, wide, narrow and on paper, and the letter that would carry it. What shows it is a signed
// link that expires, the same for the frames of the desk's page and for somebody outside.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import { issueForms } from "../../newsletter/newsletter.ts";
import { previewLink, readPreviewLink, readPublication, type Publication } from "../../press/press.ts";
import { html, previewStory } from "../../site/site.ts";
import { withDeskAssets } from "../desk-assets.ts";
import { deskForm, toHandOn } from "../frame.ts";
import { lookAtText } from "../look-at-story.ts";
import { deskRoute, type DeskContext, type DeskRoute } from "../route.ts";
import { draftOf } from "./story-way.ts";

const WAYS = { wide: "Wide", narrow: "Narrow", print: "On paper", mail: "In the mail" } as const;
type Way = keyof typeof WAYS;
const wayOf = (query: URLSearchParams): Way => (Object.hasOwn(WAYS, query.get("as") ?? "") ? (query.get("as") as Way) : "wide");
/** For the frames of one's own page; the page is opened again for more. */
const FRAME_MS = 60 * 60_000;
const SHARED_MS = 3 * 24 * 60 * 60_000;

const linkFor = ({ drafts, effects }: DeskContext, draft: number, version: number, lasts_ms: number): string =>
  previewLink(drafts.previewKey(effects.random), { draft, version, expires: new Date(Date.parse(effects.clock()) + lasts_ms).toISOString() });

export const previewRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/stories/:draft/preview",
    about: "A story as it will be: wide, narrow, on paper, in the mail.",
    rule: { for: "stories.write", object: "draft" },
    query: ["as"],
    run(context, { params, query }) {
      const draft = draftOf(context, params);
      const way = wayOf(query);
      const base = `/desk/stories/${draft.id}`;
      const looked = lookAtText(context.newsroom.log, context.drafts.text(draft.id)!.text);
      const src = `/desk/preview/${linkFor(context, draft.id, draft.version, FRAME_MS)}?as=${way}`;
      return {
        title: `Preview of ${draft.title}`,
        wide: true,
        page: html`<h1>Preview of version ${draft.version}</h1>
<nav class="ways" aria-label="Ways to see it">${Object.entries(WAYS).map(([name, words], at) => html`<a href="${base}/preview?as=${name}" data-key="${at + 1}"${name === way && html` aria-current="page"`}>${words}</a> `)}<a href="${base}" data-key="b">Back to the story</a></nav>
${looked.story ? html`<iframe class="preview ${way}" title="${WAYS[way]}" src="${src}"></iframe>` : html`<p class="finding">It cannot be shown yet: ${looked.findings[0]!.what}</p>`}
${deskForm(context.who, `${base}/preview-link`, html`<button>Make a link for somebody outside</button><p class="hint">It shows this version to whoever has it, for three days, and nothing else.</p>`)}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/preview-link",
    about: "Makes a signed link that shows the newest version for three days.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({}, { additionalProperties: false }),
    run(context, { params }) {
      const draft = draftOf(context, params);
      const href = `${context.site.origin}/desk/preview/${linkFor(context, draft.id, draft.version, SHARED_MS)}`;
      context.record("story.preview", `draft ${draft.id}, version ${draft.version}, a link for three days`);
      return { title: "A link to the preview", page: html`<h1>A link to version ${draft.version}</h1>
<p>Whoever has it sees this version, for three days from now. A band over it says that it is a draft.</p>
${toHandOn(href, { opens: true })}
<p><a href="/desk/stories/${draft.id}/preview">Back</a></p>` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/preview/:link",
    about: "One version of a story as its page will be, by a signed link until it expires.",
    rule: { for: "anyone", because: "the link is signed (HMAC-SHA-256), names one version, and expires" },
    query: ["as"],
    run(context, { params, query }) {
      const { newsroom, drafts, effects, site } = context;
      const asked = readPreviewLink(drafts.previewKey(effects.random), params.link!, effects.clock());
      const version = asked && drafts.text(asked.draft, asked.version);
      if (!version) throw new TracewireError("LINK_SPENT", { what: "This link shows nothing any more", hint: "Ask who sent it for a new one." });
      const looked = lookAtText(newsroom.log, version.text);
      if (!looked.story) throw new TracewireError("BAD_STORY", { what: `It cannot be shown yet: ${looked.findings[0]!.what}`, hint: "Its writer sees it in the text." });
      const last = readPublication(newsroom.log, looked.story.slug);
      const publication: Publication = {
        seq: newsroom.log.size(),
        at: effects.clock(),
        by: version.by,
        slug: looked.story.slug,
        revision: (last?.revision ?? 0) + 1,
        story: looked.story,
        figures: looked.computed,
        waivers: drafts.waivers(asked.draft).map(({ rule, why }) => ({ rule, why })),
      };
      const way = wayOf(query);
      if (way === "mail") return { shown: issueForms(newsroom.log, { number: "draft", subject: drafts.find(asked.draft)!.title, base: site.origin, publications: [publication] }).html, styled: true };
      return { shown: withDeskAssets(previewStory(newsroom, publication, { base_url: site.origin, now: effects.clock(), draft: asked }), way === "print") };
    },
  }),
];
