// Stories as text: every version kept, lint beside the words, a preview, and the way from draft to published.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import {
  computeStoryFigures,
  diffSentences,
  figuresOf,
  formatStoryText,
  LINT_RULES,
  lintStory,
  openSchedule,
  parseStoryText,
  printerOf,
  publishStory,
  readPublication,
  sentencesOf,
  slugOf,
  type Draft,
  type LintFinding,
  type Story,
  type Waiver,
} from "../../press/press.ts";
import { findFigureSpec } from "../../figures/figures.ts";
import { oneOf } from "../../schema.ts";
import { html, nothing, type Html } from "../../site/site.ts";
import { area, deskForm, field, when } from "../frame.ts";
import { seesDraft, seesEmbargoed } from "../objects.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

const TEXT = Type.String({ maxLength: 400_000 });
const VERSION = Type.String({ pattern: "^\\d{1,6}$" });

const draftOf = ({ drafts }: SignedInContext, params: Record<string, string>): Draft => drafts.find(Number(params.draft))!;

type Looked = { story?: Story; findings: { rule: string; place: string; what: string; fix: string }[]; sentences: string[] };

/** What the lint says of a text, and how it reads with its figures filled in. A text that cannot be read is one finding. */
function lookAt({ newsroom }: SignedInContext, text: string): Looked {
  let story: Story;
  try {
    story = parseStoryText(text, "the text");
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    return { findings: [{ rule: "text", place: error.where ?? "the text", what: error.message, fix: error.hint }], sentences: [] };
  }
  const { log } = newsroom;
  const unknown = figuresOf(story).find((id) => !findFigureSpec(log, id));
  if (unknown !== undefined) return { story, findings: [{ rule: "unknown-figure", place: "the story", what: `There is no figure “${unknown}”`, fix: "Define it: tracewire figure --define FILE" }], sentences: [] };
  const figures = computeStoryFigures(log, story);
  const findings: LintFinding[] = lintStory(log, story, figures);
  return { story, findings, sentences: sentencesOf(story, printerOf(log, [...figures.values()])) };
}

function findingsPart({ findings, story }: Looked): Html {
  return html`<h2>Lint</h2>
${
  findings.length === 0
    ? html`<p class="done">Nothing is open.</p>
`
    : findings.map(({ rule, place, what, fix }) => html`<div class="finding"><p><strong>${rule}</strong> ${place}: ${what}</p><p class="hint">${fix}</p></div>
`)
}${story?.photo && html`<p class="hint">The story names the picture “${story.photo.file}”: publish it by the command line, which reads the file.</p>
`}`;
}

function draftPage(context: SignedInContext, draft: Draft, text: string, note: Html = nothing): DeskAnswer {
  const { who, drafts } = context;
  const looked = lookAt(context, text);
  const versions = drafts.versions(draft.id);
  const steps = drafts.steps(draft.id);
  const base = `/desk/stories/${draft.id}`;
  const hidden = html`<input type="hidden" name="version" value="${draft.version}">
`;
  const step = (to: string, words: string, withNote = false) =>
    deskForm(who, `${base}/step`, html`${hidden}<input type="hidden" name="to" value="${to}">
${withNote && field("note", "What is to be done", { required: true })}<button>${words}</button>`);
  const page = html`<h1>${draft.title}</h1>
<p class="hint">${draft.state}; version ${draft.version}, ${draft.version_by}, ${when(draft.version_at)}; begun by ${draft.by}. <a href="${base}/preview" data-key="p">Preview</a></p>
${note}<div class="writing"><section aria-label="Its text">
${deskForm(
    who,
    base,
    html`${hidden}${area("text", "Text", { value: text, rows: 30, hint: "A number is the name of a figure in braces, such as {{figure-id}}; docs/stories.md has the rest." })}<button class="main-act" data-key="s" data-key-words="Save a version">Save a version</button>
`,
  )}</section><section aria-label="What is open">
${findingsPart(looked)}<h2>Way to the reader</h2>
${draft.state === "draft" && step("in review", "Ask for review")}${can(who.user.role, "stories.review") && draft.state === "in review" && deskForm(who, `${base}/approve`, html`${hidden}<button>Approve</button>`)}${(draft.state === "in review" || draft.state === "approved") && step("draft", "Send back", true)}${
    can(who.user.role, "stories.publish") &&
    draft.state === "approved" &&
    deskForm(
      who,
      `${base}/publish`,
      html`${hidden}${field("at", "Not before (UTC)", { hint: "Empty: now. Else 2026-11-24T18:00:00Z; it waits outside the log." })}${field("why", "Why there is a new revision")}${field("correction", "What was wrong, for readers", { hint: "Only for a correction." })}${looked.findings.length > 0 && field("waive", "Waive one finding", { hint: "rule=reason; readers see the reason." })}<button class="main-act">Publish</button>
`,
    )
  }${draft.state === "published" && html`<p>Published. A new version begins its way anew.</p>
`}<h2>Versions</h2>
<ul class="plain">${versions.slice(0, 20).map(({ version, by, at }) => html`<li>${version}: ${by}, ${when(at)}${version > 1 && html` <a href="${base}/compare?from=${version - 1}&amp;to=${version}">changes</a>`}</li>`)}</ul>
${steps.length > 0 && html`<h2>Steps</h2>
<ul class="plain">${steps.map(({ at, by, from_state, to_state, note: words, version }) => html`<li>${when(at)} ${by}: ${from_state} to ${to_state}, version ${version}${words !== "" && html`. ${words}`}</li>`)}</ul>`}</section></div>`;
  return { title: draft.title, page, wide: true };
}

const begin = (headline: string, by: string, today: string): string =>
  `---\nslug: ${slugOf(headline)}\ntopic: Sanctions\nbyline: ${by}\nhappened: ${today}\n---\n\n# ${headline}\n\n> What is new, and how sure it is.\n\nA number is the name of a figure in braces.\n`;

export const storyRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/stories",
    about: "Stories on their way.",
    rule: { for: "stories.write" },
    run({ drafts, who }) {
      const own = drafts.list().filter((draft) => seesDraft(who, draft));
      return {
        title: "Stories",
        wide: true,
        page: html`<h1>Stories</h1>
${
  own.length === 0
    ? html`<p>None yet. A story begins with its headline; everything else is there to be changed.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Story</th><th>State</th><th>Version</th><th>By</th></tr></thead><tbody>${own.map(
        (draft) => html`<tr><td><a href="/desk/stories/${draft.id}">${draft.title}</a></td><td>${draft.state}</td><td>${draft.version}, ${draft.version_by}, ${when(draft.version_at)}</td><td>${draft.by}</td></tr>
`,
      )}</tbody></table></div>
`
}<h2>Begin one</h2>
${deskForm(who, "/desk/stories", html`${field("headline", "Headline", { required: true, key: "n" })}<button>Begin</button>`)}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories",
    about: "Begins a story with its headline.",
    rule: { for: "stories.write" },
    form: Type.Object({ headline: Type.String({ minLength: 3, maxLength: 200 }) }, { additionalProperties: false }),
    run({ drafts, who, effects, record }, { form }) {
      const draft = drafts.create(who.user.handle, begin(form.headline.replaceAll(/\s+/g, " "), who.user.handle, effects.clock().slice(0, 10)));
      record("story.begin", `draft ${draft.id}`);
      return { go: `/desk/stories/${draft.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/stories/:draft",
    about: "A story: text, lint, versions, steps.",
    rule: { for: "stories.write", object: "draft" },
    run(context, { params }) {
      const draft = draftOf(context, params);
      return draftPage(context, draft, context.drafts.text(draft.id)!.text);
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
        return { ...draftPage(context, draft, form.text, note), status: error.status };
      }
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/check",
    about: "What the lint says of a text, for the page's script.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ text: TEXT }, { additionalProperties: false }),
    run: (context, { form }) => ({ json: { findings: lookAt(context, form.text).findings } }),
  }),
  deskRoute({
    method: "GET",
    path: "/stories/:draft/preview",
    about: "A story as it reads, with its figures filled in.",
    rule: { for: "stories.write", object: "draft" },
    run(context, { params }) {
      const draft = draftOf(context, params);
      const looked = lookAt(context, context.drafts.text(draft.id)!.text);
      return { title: draft.title, page: html`<p><a href="/desk/stories/${draft.id}">Back to the text</a></p>
<div class="captured">${looked.sentences.map((sentence, at) => (at === 0 ? html`<h1>${sentence}</h1>` : html`<p><a></a><span>${sentence}</span></p>`))}</div>
${findingsPart(looked)}` };
    },
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
${differences(from.text, to.text)}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/step",
    about: "Asks for review, or sends back with a note.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ to: oneOf(["in review", "draft"] as const), version: VERSION, note: Type.Optional(Type.String({ maxLength: 2_000 })) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const { drafts, who, record } = context;
      const draft = draftOf(context, params);
      drafts.step(draft.id, who.user.handle, form.to, { version: Number(form.version), note: form.note });
      record("story.step", `draft ${draft.id} to ${form.to}`);
      return { go: `/desk/stories/${draft.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/approve",
    about: "Approves a version; by another person than its author, where the setting asks it.",
    rule: { for: "stories.review", object: "draft" },
    form: Type.Object({ version: VERSION }, { additionalProperties: false }),
    run({ drafts, who, record, approval }, { params, form }) {
      drafts.step(Number(params.draft), who.user.handle, "approved", { version: Number(form.version), another: approval === "another" });
      record("story.approve", `draft ${params.draft!}, version ${form.version}`);
      return { go: `/desk/stories/${params.draft!}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/publish",
    about: "Publishes what is approved, now or at its time.",
    rule: { for: "stories.publish", object: "draft" },
    form: Type.Object(
      {
        version: VERSION,
        at: Type.Optional(Type.String({ maxLength: 40 })),
        why: Type.Optional(Type.String({ maxLength: 2_000 })),
        correction: Type.Optional(Type.String({ maxLength: 2_000 })),
        waive: Type.Optional(Type.String({ maxLength: 500 })),
      },
      { additionalProperties: false },
    ),
    run: publish,
  }),
  deskRoute({
    method: "GET",
    path: "/embargoed",
    about: "What waits for its time.",
    rule: { for: "embargo.read" },
    run({ drafts, who }) {
      const items = drafts.listEmbargoed().filter((item) => seesEmbargoed(who, item));
      return {
        title: "Under embargo",
        page: html`<h1>Under embargo</h1>
<p class="hint">Not to be told before its time. It is in no page, feed, search or leaf of the log until then.</p>
${items.length === 0 ? html`<p>Nothing waits.</p>` : html`<ul>${items.map((item) => html`<li><a href="/desk/embargoed/${item.id}">${item.slug}</a>, not before ${when(item.due)} UTC</li>`)}</ul>`}`,
      };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/embargoed/:embargoed",
    about: "One release or story under embargo.",
    rule: { for: "embargo.read", object: "embargoed" },
    run({ drafts, record }, { params }) {
      const item = drafts.embargoed(Number(params.embargoed))!;
      record("embargo.read", item.slug);
      return { title: item.slug, page: html`<h1>${item.slug}</h1>
<p class="done">Not before ${when(item.due)} UTC.</p>
<pre class="text" tabindex="0">${formatStoryText(item.story)}</pre>` };
    },
  }),
];

function publish(context: SignedInContext, { params, form }: { params: Record<string, string>; form: { version: string; at?: string; why?: string; correction?: string; waive?: string } }): DeskAnswer {
  const { drafts, who, write, newsroom, record } = context;
  const draft = draftOf(context, params);
  if (draft.state !== "approved" || draft.version !== Number(form.version)) throw new TracewireError("CONFLICT", { what: `It is ${draft.state}, at version ${draft.version}`, hint: "Only the version that was approved is published." });
  const story = parseStoryText(drafts.text(draft.id, draft.version)!.text, "the text");
  const by = who.user.handle;
  const options = { by, why: form.why, waivers: form.waive === undefined ? [] : [waiverOf(form.waive)], ...(form.correction === undefined ? {} : { correction: { what: form.correction } }) };
  const isScheduled = form.at !== undefined;
  const due = isScheduled ? dueOf(form.at!) : undefined;
  // For a later moment it is done now and taken back: every finding shows while somebody is there to mend it.
  write("story.publish", story.slug, (transaction, { log }) => publishStory(transaction, log, story, options), { dry: isScheduled });
  if (due !== undefined) {
    const schedule = openSchedule(newsroom.folder);
    try {
      schedule.add({ slug: story.slug, due, story, ...options });
    } finally {
      schedule.close();
    }
    record("story.schedule", `${story.slug} at ${due}`);
  }
  drafts.step(draft.id, by, "published", { version: draft.version, note: due === undefined ? `revision ${readPublication(newsroom.log, story.slug)?.revision ?? 1}` : `waits until ${due}` });
  return { go: `/desk/stories/${draft.id}` };
}

function waiverOf(text: string): Waiver {
  const [, rule, why] = /^([a-z-]+)=(.{3,400})$/s.exec(text.trim()) ?? [];
  if (rule === undefined || !Object.hasOwn(LINT_RULES, rule)) throw new TracewireError("BAD_ARGUMENT", { what: "waive: write rule=reason", where: "waive", hint: `Rules: ${Object.keys(LINT_RULES).join(", ")}.` });
  return { rule, why: why! };
}

function dueOf(at: string): string {
  const time = new Date(at);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*Z$/.test(at) || Number.isNaN(time.getTime())) throw new TracewireError("BAD_ARGUMENT", { what: `at: “${at}” is no time in UTC`, where: "at", hint: "Write 2026-11-24T18:00:00Z." });
  return time.toISOString();
}

function differences(before: string, after: string): Html {
  const lines = diffSentences(before.split("\n"), after.split("\n")).filter((line) => line.kind !== "same");
  return lines.length === 0
    ? html`<p>No line differs.</p>`
    : html`<ul class="plain">${lines.slice(0, 200).map((line) => html`<li>${line.kind === "gone" ? html`<del>${line.text}</del>` : html`<ins>${line.text}</ins>`}</li>`)}</ul>`;
}
