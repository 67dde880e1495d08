// When evidence moves: every story, letter and report that prints a number which comes out otherwise today, each sentence as it
// was printed beside what it would read now. One act makes the correction, from which notice, list, feeds and mails follow; or
// it stands as of then, with a reason that is kept.
import { existsSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { formatCount } from "../../figures/figures.ts";
import { foreseeCorrection, listAffectedIssues, openPeople, PEOPLE_FILE, type People } from "../../newsletter/newsletter.ts";
import {
  appendStand,
  feedsOf,
  isPrinted,
  listAffected,
  movedDigest,
  type MovedFigure,
  placedSentences,
  printedAs,
  printerOf,
  publishStory,
  readPublication,
  readStands,
  type SentenceChange,
  type Stand,
} from "../../press/press.ts";
import type { LogReader } from "../../evidence/evidence.ts";
import { listAffectedReports } from "../../reports/reports.ts";
import { html, nothing, publishedHref, type Html } from "../../site/site.ts";
import { area, deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import { publicationOf } from "./published.ts";

type Moved = {
  /** Its name in `printedAs`. */
  what: string;
  title: string;
  href: string | undefined;
  slug?: string;
  revision?: number;
  figures: MovedFigure[];
  sentences: SentenceChange[];
  /** Of a story: where each sentence stands, and whom a correction reaches. */
  places?: string[];
  follows?: { feeds: string[]; /** Undefined for who may not see it. */ readers?: number; letters: string[] };
  /** Of what moved, and to what: a decision that it stands holds until it moves again. */
  digest: string;
};

const SAID_MAX = 3;
const CHARS_MAX = 2_000;

/** Everything of the newsroom that today's evidence would print otherwise. */
function listMoved(context: SignedInContext): Moved[] {
  const { newsroom, who, effects } = context;
  const { log, folder } = newsroom;
  const people = can(who.user.role, "stories.publish") && existsSync(join(folder, PEOPLE_FILE)) ? openPeople(folder, effects) : undefined;
  try {
    return [
      ...listAffected(log).map(({ card, figures, sentences }): Moved => ({
        what: printedAs.story(card.slug, card.revision), title: card.headline, href: publishedHref(card),
        slug: card.slug, revision: card.revision, figures, sentences, digest: movedDigest(figures),
        ...whatFollows(log, card.slug, card.revision, sentences, people, can(who.user.role, "stories.publish")),
      })),
      ...listAffectedIssues(log, undefined, people).map(({ number, subject, figures, sentences }): Moved => ({
        what: printedAs.letter(number), title: subject, href: number === "draft" ? undefined : `/newsletter/issues/${number}`, figures, sentences, digest: movedDigest(figures),
      })),
      ...listAffectedReports(log).map(({ report, figures, sentences }): Moved => ({
        what: printedAs.report(report.symbol, report.seq), title: report.symbol, href: undefined, figures, sentences, digest: movedDigest(figures),
      })),
    ];
  } finally {
    people?.close();
  }
}

function whatFollows(log: LogReader, slug: string, revision: number, sentences: SentenceChange[], people: People | undefined, may: boolean): Pick<Moved, "places" | "follows"> {
  const { story, figures } = readPublication(log, slug, revision)!;
  const placed = placedSentences(story, printerOf(log, figures));
  const reached = people ? foreseeCorrection(people, log, { slug, from_revision: revision, sentences }) : { letters: [], ...(may ? { readers: 0 } : {}) };
  return {
    places: sentences.map(({ was }) => placed.find(({ sentence }) => sentence === was)?.place ?? ""),
    follows: { feeds: ["/corrections", ...feedsOf(story)].map((base) => `${base}/feed.xml`), ...reached },
  };
}

/** A correction in words for readers, to begin with. */
function drafted({ sentences, figures }: Moved): string {
  const changed = sentences.filter(({ was, now }) => was !== null && now !== null).slice(0, SAID_MAX);
  if (changed.length > 0) return changed.map(({ was, now }) => `We wrote: “${was!}” By what is known now it reads: “${now!}”`).join("\n");
  return `What these figures rest on has changed: ${figures.map(({ id }) => id).join(", ")}.`;
}

const shown = (value: string | null): string => (value === null ? "not known" : /^\d+(\.\d+)?$/.test(value) ? formatCount(value) : value);

const WHAT_FOLLOWS: Record<string, string> = {
  story: "One act makes the new revision with its notice, the line in the list of corrections, the feeds, and the mail to those who were sent what was wrong.",
  letter: "Those who were sent it hear of it by the correction of its story. A letter that was sent stays as it was.",
  report: "A report is issued anew: tracewire report issue.",
};

/** What one press does, place by place, before it is pressed. */
function followsPart({ href, revision }: Moved, { feeds, readers, letters }: NonNullable<Moved["follows"]>): Html {
  const names = letters.map((mail) => mail.replace(":", " "));
  return html`<details open><summary>What follows</summary><ul class="plain"><li>Revision ${revision! + 1} at ${href!}, with a notice over the text; revision ${revision!} stays readable.</li><li>A line at /corrections.</li><li>The feeds ${feeds.join(", ")}, as Atom and JSON too.</li><li>${
    readers === undefined ? "A letter to each reader who was sent it." : readers === 0 ? "No letter: nobody who is subscribed was sent what was wrong." : `A letter to ${readers === 1 ? "the one reader" : `${readers.toLocaleString("en-US")} readers`} who ${readers === 1 ? "was" : "were"} sent it (${names.join(", ")}).`
  }</li></ul></details>
`;
}

function movedPart({ who }: SignedInContext, item: Moved, stand: Stand | undefined): Html {
  const kind = item.what.split(" ")[0]!;
  const mayAct = can(who.user.role, "stories.publish");
  return html`<section class="moved"><h2>${item.href === undefined ? item.title : html`<a href="${item.href}">${item.title}</a>`}</h2>
<p class="hint">${item.what}. ${item.figures.map(({ id, was, now, why }) => html`<a href="/figures/${id}">${id}</a>: ${was === now ? html`${shown(now)} as before; its range or rows changed` : html`${shown(was)}, now ${shown(now)}`}${why !== undefined && html` (${why})`}. `)}</p>
${
  item.sentences.length === 0
    ? html`<p>No word of the text would change: the range or the rows did.</p>
`
    : html`<div class="scroll" tabindex="0"><table class="rivals"><thead><tr>${item.places && html`<th>Where</th>`}<th>As printed</th><th>As it would read now</th></tr></thead><tbody>${item.sentences.map(({ was, now }, at) => html`<tr>${item.places && html`<th scope="row">${item.places[at]!}</th>`}<td>${was ?? "—"}</td><td>${now ?? "—"}</td></tr>
`)}</tbody></table></div>
`
}${
    stand
      ? html`<p class="done">Stands as of then, because: ${stand.why} (${stand.by}, ${when(stand.at)})</p>
`
      : html`<p class="hint">${WHAT_FOLLOWS[kind]!}</p>
${item.follows && followsPart(item, item.follows)}`
  }${
    mayAct && !stand &&
    html`<div class="moved-acts">${
      item.slug !== undefined &&
      deskForm(who, `/desk/moved/${item.slug}/correct`, html`<input type="hidden" name="revision" value="${item.revision!}"><input type="hidden" name="moved" value="${item.digest}">
${area("what", "What was wrong, for readers", { value: drafted(item), rows: 5, required: true })}<p class="hint">Only the numbers change. Where words beside them come out false (“which is more”), mend it by hand.</p>
<button class="main-act">Correct it</button>
`)
    }${deskForm(who, "/desk/moved/stands", html`<input type="hidden" name="what" value="${item.what}"><input type="hidden" name="moved" value="${item.digest}">
${field("why", "Why it stands as of then, for readers", { required: true })}<button>It stands</button>
`)}${item.slug !== undefined && deskForm(who, `/desk/published/${item.slug}/draft`, html`<button>Mend it by hand, as a draft</button>
`)}</div>`
  }</section>
`;
}

const DIGEST = Type.String({ pattern: "^[0-9a-f]{16}$" });

/** It was decided on what the page showed: what moved again since is looked at again. */
function requireShown(context: SignedInContext, what: (item: Moved) => boolean, digest: string): Moved {
  const item = listMoved(context).find(what);
  if (item?.digest === digest) return item;
  throw new TracewireError("CONFLICT", { what: item ? "It moved again since" : "It prints what is known now", hint: "Open the list again." });
}

export const movedRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/moved",
    about: "Stories, letters and reports whose numbers come out otherwise today, old and new wording side by side.",
    rule: { for: "stories.write" },
    query: ["corrected"],
    run(context, { query }) {
      const corrected = query.get("corrected") === null ? undefined : readPublication(context.newsroom.log, query.get("corrected")!);
      const stands = new Map([...context.drafts.stands(), ...readStands(context.newsroom.log)].map((stand) => [`${stand.what} ${stand.moved}`, stand]));
      const all = listMoved(context).map((item) => ({ item, stand: stands.get(`${item.what} ${item.digest}`) }));
      const open = all.filter(({ stand }) => !stand);
      const settled = all.filter(({ stand }) => stand);
      return {
        title: "What moved",
        wide: true,
        page: html`<h1>What moved</h1>
${corrected && html`<p class="done" role="status">Revision ${corrected.revision} of <a href="${context.publicHref(publishedHref({ slug: corrected.slug, type: corrected.story.type }))}">${corrected.slug}</a> is out, with its notice, its line in the list of corrections and the feeds. Letters to those who were sent what was wrong go out by themselves.</p>
`}${open.length === 0 ? html`<p class="done">Every published number comes out the same today, or was looked at.</p>` : html`<p class="hint">${open.length} to look at. Nothing is changed by itself.</p>`}
${open.map(({ item }) => movedPart(context, item, undefined))}${settled.length > 0 ? html`<details><summary>${settled.length} that stand as of then</summary>${settled.map(({ item, stand }) => movedPart(context, item, stand))}</details>` : nothing}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/moved/:slug/correct",
    about: "Publishes a story again with today's figures, as a correction.",
    rule: { for: "stories.publish" },
    form: Type.Object({ what: Type.String({ minLength: 3, maxLength: CHARS_MAX }), revision: Type.String({ pattern: "^\\d{1,6}$" }), moved: DIGEST }, { additionalProperties: false }),
    run(context, { params, form }) {
      const { story, waivers, revision } = publicationOf(context, params.slug!);
      requireShown(context, ({ slug }) => slug === story.slug, form.moved);
      if (revision !== Number(form.revision)) throw new TracewireError("CONFLICT", { what: `It is at revision ${revision} now`, hint: "Open the list again." });
      context.write("story.correct", story.slug, (transaction, { log }) =>
        publishStory(transaction, log, story, { by: context.who.user.handle, why: "Figures by what is known now", waivers, correction: { what: form.what.trim() } }),
      );
      return { go: `/desk/moved?corrected=${story.slug}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/moved/stands",
    about: "Keeps that a printed number stands as of its day, with a reason that readers see, until it moves again.",
    rule: { for: "stories.publish" },
    form: Type.Object({ what: Type.String({ maxLength: 200 }), moved: DIGEST, why: Type.String({ minLength: 3, maxLength: CHARS_MAX }) }, { additionalProperties: false }),
    run(context, { form }) {
      const item = requireShown(context, ({ what }) => what === form.what, form.moved);
      const by = context.who.user.handle;
      const why = form.why.trim();
      if (isPrinted(item.what)) context.write("moved.stands", item.what, (transaction) => appendStand(transaction, { what: item.what, figures: item.figures, why }, by));
      else {
        context.drafts.stand(by, { what: item.what, moved: item.digest, why });
        context.record("moved.stands", item.what);
      }
      return { go: "/desk/moved" };
    },
  }),
];
