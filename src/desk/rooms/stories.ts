// Stories as text: every version kept, lint beside the words, a preview, and the way from draft to published.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { catchUp, diffSentences, formatStoryText, outMeanwhile, slugOf, TOPICS, UNWRITTEN, type Draft } from "../../press/press.ts";
import { oneOf } from "../../schema.ts";
import { html, nothing, type Html } from "../../site/site.ts";
import { deskAssetHref, deskScript } from "../desk-assets.ts";
import { area, deskForm, field, when } from "../frame.ts";
import { lookAtText, type Looked } from "../look-at-story.ts";
import { seesDraft } from "../objects.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";
import { HEAD_FIELDS, type HeadField } from "../story-document.ts";
import { picturesPart } from "./pictures.ts";
import { draftOf, settled, VERSION, versionField, wayPart } from "./story-way.ts";

/** A day, a month or a year, as the browser and the server check it. */
const DATE = "\\d{4}(-\\d{2}(-\\d{2})?)?";
const TEXT = Type.String({ maxLength: 400_000 });

function findingsPart({ findings }: Looked, waivers: readonly { rule: string; why: string }[]): Html {
  const waived = new Map(waivers.map(({ rule, why }) => [rule, why]));
  return html`<h2>Lint</h2>
${
  findings.length === 0
    ? html`<p class="done">Nothing is open.</p>
`
    : findings.map(({ rule, place, what, fix }) => html`<div class="finding"><p><strong>${rule}</strong> ${place}: ${what}</p><p class="hint">${fix}</p>${waived.has(rule) && html`<p class="hint">Stands, because: ${waived.get(rule)!}</p>`}</div>
`)
}`;
}

/** Fields of the head in the editor: name, label, hint. */
const HEAD: Record<HeadField, readonly [label: string, hint?: string]> = {
  slug: ["Address", "Its last part: small letters, digits, hyphens."],
  topic: ["Topic"],
  byline: ["Byline"],
  happened: ["Happened", "Day, month or year: 2024-02-09."],
  picture: ["Picture", "A figure that is drawn."],
  replies: ["Asked for a reply", "reply/…, one or several."],
  supplied_by: ["Supplied by", "Only for a press release."],
  photo: ["Supplied picture", "Its file."],
  credit: ["Its credit"],
  licence: ["Its licence"],
  alt: ["What it shows, for those who do not see it"],
  caption: ["Its caption", "May have {{figure-id}} in it."],
};

/** The frame that client/editor.ts fills; hidden until it runs. */
function editorPart({ who, unsaved_words }: SignedInContext, draft: Draft): Html {
  return html`<div data-editor="${draft.id}" data-handle="${who.user.handle}" data-unsaved="${unsaved_words}" hidden>
<div class="editor-bar"><p data-status role="status"></p><p data-people></p></div>
<div data-notes></div>
<details class="head"><summary>Address, topic, byline, picture, replies</summary><div class="row">${HEAD_FIELDS.map((name) => field(name, HEAD[name][0], { hint: HEAD[name][1], ...(name === "topic" ? { list: "topics" } : {}) }))}</div><datalist id="topics">${Object.keys(TOPICS).map((topic) => html`<option value="${topic}">`)}</datalist></details>
<div class="editor"><div class="editor-text"><div data-place></div></div><aside class="editor-margin" data-margin aria-label="Lint"></aside></div>
</div>
`;
}

function draftPage(context: SignedInContext, draft: Draft, text: string, note: Html = nothing, asText = false): DeskAnswer {
  const { who, drafts } = context;
  const looked = lookAtText(context.newsroom.log, text);
  const base = `/desk/stories/${draft.id}`;
  const page = html`<h1>${draft.title}</h1>
<p class="hint">${draft.state}; version ${draft.version}, ${draft.version_by}, ${when(draft.version_at)}; begun by ${draft.by}. <a href="${base}/preview" data-key="p">Preview</a> · <a href="#way" data-key="w">Way to the reader</a> · ${asText ? html`<a href="${base}">In the editor</a>` : html`<a href="${base}?form=text">As text</a>`}</p>
${note}${sentBack(context, draft)}${behindPart(context, draft)}${picturesPart(context, draft, looked.story)}${!asText && editorPart(context, draft)}<div class="writing" data-text-form><section aria-label="Its text">
${deskForm(
    who,
    base,
    html`${versionField(draft)}${area("text", "Text", { value: text, rows: 30, hint: "A number is the name of a figure in braces, such as {{figure-id}}; docs/stories.md has the rest." })}<button class="main-act"${asText && html` data-key="s" data-key-words="Save a version"`}>Save a version</button>
`,
  )}</section><section aria-label="What is open">
${findingsPart(looked, drafts.waivers(draft.id))}</section></div>
<div class="beneath"><section id="way" data-way data-state="${draft.state}" aria-label="Way to the reader"><h2>Way to the reader</h2>
${wayPart(context, draft, looked)}</section><section aria-label="Versions"><h2>Versions</h2>
<p data-newer></p>
${versionsPart(context, draft)}</section></div>
${!asText && html`<link rel="stylesheet" href="${deskAssetHref("editor.css")}">
${deskScript("editor.js")}`}`;
  return { title: draft.title, page, wide: true };
}

/** Why it is a draft again, in the words of whoever sent it back: what its author comes here for. */
function sentBackNote({ drafts }: SignedInContext, draft: Draft): { by: string; at: string; note: string } | undefined {
  const last = drafts.steps(draft.id).at(-1);
  return draft.state === "draft" && last?.to_state === "draft" && last.from_state !== "published" && last.by !== draft.version_by && last.version === draft.version && last.note !== "" ? last : undefined;
}

function sentBack(context: SignedInContext, draft: Draft): Html {
  const last = sentBackNote(context, draft);
  return last ? html`<p class="finding"><strong>Sent back by ${last.by}</strong>, ${when(last.at)}: ${last.note}</p>
` : nothing;
}

/** Somebody published another text of the same story since this one was begun: it is looked at before either is lost. */
function behindPart(context: SignedInContext, draft: Draft): Html {
  const { who, newsroom, drafts } = context;
  const out = outMeanwhile(newsroom, drafts, draft);
  if (!out) return nothing;
  const act = (how: string, words: string) => deskForm(who, `/desk/stories/${draft.id}/catch-up`, html`${versionField(draft)}<input type="hidden" name="how" value="${how}"><button>${words}</button>`);
  return html`<div class="finding"><p><strong>Revision ${out.revision} by ${out.by} is out</strong> and has another text than this draft was begun from. Publishing this would put the old text back.</p>
<details><summary>What differs from what is out</summary>${differences(formatStoryText(out.story), drafts.text(draft.id)!.text)}</details>
<div class="row">${act("take", "Take over what is out, as a new version")}${act("keep", "Keep this text on top of it: I have looked")}</div></div>
`;
}

/** Autosave makes many: those of one person within ten minutes are one line, and the rest of them open below it. */
const TOGETHER_MS = 10 * 60_000;
const LINES_SHOWN = 40;

function versionsPart({ who, drafts }: SignedInContext, draft: Draft): Html {
  const base = `/desk/stories/${draft.id}`;
  type Line = { newest: Version; oldest: Version; more: Version[] };
  type Version = ReturnType<typeof drafts.versions>[number];
  const lines: Line[] = [];
  for (const version of drafts.versions(draft.id)) {
    const line = lines.at(-1);
    if (line && line.newest.by === version.by && Date.parse(line.newest.at) - Date.parse(version.at) < TOGETHER_MS) {
      line.oldest = version;
      line.more.push(version);
    } else lines.push({ newest: version, oldest: version, more: [] });
  }
  const oneOf = ({ version, by, at }: Version) => html`<label><input type="radio" name="from" value="${version}"> <input type="radio" name="to" value="${version}"${version === draft.version && html` checked`}> ${version}: ${by}, ${when(at)}</label>`;
  const changes = ({ oldest, newest }: Line) => oldest.version > 1 && html` <a href="${base}/compare?from=${oldest.version - 1}&amp;to=${newest.version}">changes</a>`;
  const steps = drafts.steps(draft.id);
  return html`<form method="get" action="${base}/compare" class="versions"><p class="hint">Any two: the first mark is from, the second is to.</p>
<ul class="plain">${lines.slice(0, LINES_SHOWN).map(
    (line) => html`<li>${oneOf(line.newest)}${changes(line)}${line.more.length > 0 && html`<details><summary>${line.more.length} more of these minutes</summary><ul class="plain">${line.more.map((version) => html`<li>${oneOf(version)}</li>`)}</ul></details>`}</li>
`,
  )}</ul>${lines.length > LINES_SHOWN && html`<p class="hint">Older ones by their number, at ${base}/compare?from=…&amp;to=…</p>`}<button>Compare</button></form>
${who && steps.length > 0 && html`<h2>Steps</h2>
<ul class="plain">${steps.map(({ at, by, from_state, to_state, note: words, version }) => html`<li>${when(at)} ${by}: ${from_state} to ${to_state}, version ${version}${words !== "" && html`. ${words}`}</li>`)}</ul>`}`;
}

type Begun = { headline: string; topic: string; happened: string };
const begin = ({ headline, topic, happened }: Begun, by: string): string =>
  `---\nslug: ${slugOf(headline)}\ntopic: ${topic}\nbyline: ${by}\nhappened: ${happened}\n---\n\n# ${headline}\n\n> ${UNWRITTEN}\n\n${UNWRITTEN}\n`;

export const storyRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/stories",
    about: "Stories on their way.",
    rule: { for: "stories.write" },
    run(context) {
      const { drafts, who } = context;
      const own = drafts
        .list()
        .filter((draft) => seesDraft(who, draft))
        .map((draft) => settled(context, draft));
      return {
        title: "Stories",
        wide: true,
        page: html`<h1>Stories</h1>
${
  own.length === 0
    ? html`<p>None yet. A story begins with its headline; everything else is there to be changed.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Story</th><th>State</th><th>Version</th><th>By</th></tr></thead><tbody>${own.map(
        (draft) => html`<tr><td><a href="/desk/stories/${draft.id}">${draft.title}</a>${sentBack(context, draft)}</td><td>${draft.state}${outMeanwhile(context.newsroom, context.drafts, draft) !== undefined && ", behind what is out"}</td><td>${draft.version}, ${draft.version_by}, ${when(draft.version_at)}</td><td>${draft.by}</td></tr>
`,
      )}</tbody></table></div>
`
}<h2>Begin one</h2>
${deskForm(who, "/desk/stories", html`${field("headline", "Headline", { required: true, key: "n" })}<div class="row">${field("topic", "Topic", { required: true, list: "topics", hint: "Its desk, and the feed it stands in." })}${field("happened", "When it happened", { required: true, pattern: DATE, hint: "What it tells of, not today: 2024-02-09, a month, or a year." })}</div><datalist id="topics">${Object.keys(TOPICS).map((topic) => html`<option value="${topic}">`)}</datalist><button>Begin</button>`)}${can(who.user.role, "stories.publish") && html`<p><a href="/desk/imports" data-key="o" data-key-words="Import an archive">Import what another publication printed</a></p>`}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories",
    about: "Begins a story with its headline.",
    rule: { for: "stories.write" },
    form: Type.Object(
      { headline: Type.String({ minLength: 3, maxLength: 200 }), topic: Type.Optional(Type.String({ pattern: "^[^\\s:][^\\n:]{0,59}$" })), happened: Type.Optional(Type.String({ pattern: `^(${DATE})$` })) },
      { additionalProperties: false },
    ),
    run({ drafts, who, effects, record }, { form: { headline, topic = Object.keys(TOPICS)[0]!, happened = effects.clock().slice(0, 10) } }) {
      const draft = drafts.create(who.user.handle, begin({ headline: headline.replaceAll(/\s+/g, " "), topic: topic.trim(), happened }, who.user.handle));
      record("story.begin", `draft ${draft.id}`);
      return { go: `/desk/stories/${draft.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/stories/:draft",
    about: "A story: text, lint, versions, steps.",
    rule: { for: "stories.write", object: "draft" },
    query: ["form"],
    run(context, { params, query }) {
      const draft = settled(context, draftOf(context, params));
      return draftPage(context, draft, context.drafts.text(draft.id)!.text, nothing, query.get("form") === "text");
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft",
    about: "Saves a version; a newer one of somebody else is a conflict.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ text: TEXT, version: VERSION }, { additionalProperties: false }),
    run(context, { params, form }) {
      const draft = draftOf(context, params);
      try {
        const saved = context.drafts.save(draft.id, context.who.user.handle, form.text, Number(form.version));
        if (saved.version !== draft.version) context.record("story.save", `draft ${draft.id}, version ${saved.version}`);
        return { go: `/desk/stories/${draft.id}` };
      } catch (error) {
        if (!(error instanceof TracewireError) || error.code !== "CONFLICT") throw error;
        // Nothing typed is lost: it stays in the field, on top of what is newest now.
        const theirs = context.drafts.text(draft.id)!;
        const note = html`<div class="finding" role="alert"><p><strong>${error.message}.</strong> Your text is below, unsaved. What differs from the newest:</p>${differences(theirs.text, form.text)}</div>
`;
        return { ...draftPage(context, draft, form.text, note, true), status: error.status };
      }
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/catch-up",
    about: "Where another text of the story was published meanwhile: takes it over as the newest version, or keeps the draft's on top of it.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ version: VERSION, how: oneOf(["take", "keep"] as const) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const draft = draftOf(context, params);
      catchUp(context.newsroom, context.drafts, draft, context.who.user.handle, form.how, Number(form.version));
      context.record("story.catch-up", `draft ${draft.id}, ${form.how}`);
      return { go: `/desk/stories/${draft.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/check",
    about: "What the lint says of a text, for the page's script.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ text: TEXT }, { additionalProperties: false }),
    run: (context, { form }) => ({ json: { findings: lookAtText(context.newsroom.log, form.text).findings } }),
  }),
  deskRoute({
    method: "GET",
    path: "/stories/:draft/compare",
    about: "Any two versions against each other.",
    rule: { for: "stories.write", object: "draft" },
    query: ["from", "to"],
    run(context, { params, query }) {
      const draft = draftOf(context, params);
      const [from, to] = ["from", "to"].map((name) => context.drafts.text(draft.id, Number(query.get(name)) || draft.version));
      if (!from || !to) throw new TracewireError("NOT_FOUND", { what: `It has versions 1 to ${draft.version}` });
      return { title: `Changes of ${draft.title}`, page: html`<h1>Version ${from.version} to ${to.version}</h1>
<p class="hint">${to.by}, ${when(to.at)}. <a href="/desk/stories/${draft.id}">Back</a></p>
${differences(from.text, to.text)}
${[from, to].filter(({ version }) => version !== draft.version).map(({ version }) => deskForm(context.who, `/desk/stories/${draft.id}/restore`, html`${versionField(draft)}<input type="hidden" name="restore" value="${version}"><button>Restore version ${version}</button>
`))}` };
    },
  }),
];

function differences(before: string, after: string): Html {
  const lines = diffSentences(before.split("\n"), after.split("\n")).filter((line) => line.kind !== "same");
  return lines.length === 0
    ? html`<p>No line differs.</p>`
    : html`<ul class="plain">${lines.slice(0, 200).map((line) => html`<li>${line.kind === "gone" ? html`<del>${line.text}</del>` : html`<ins>${line.text}</ins>`}</li>`)}</ul>`;
}
