// The way of a story from draft to its reader: asked for review, approved by another, published or kept for its time, with what
// stands in the lint and why.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { LINT_RULES, formatStoryText, readPublication, sendDraftOut, settleDraft, stepDraft, type Draft, type Waiver } from "../../press/press.ts";
import { oneOf } from "../../schema.ts";
import { html, type Html } from "../../site/site.ts";
import { deskForm, field, when } from "../frame.ts";
import { lookAtText, type Looked } from "../look-at-story.ts";
import { seesEmbargoed } from "../objects.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

export const VERSION = Type.String({ pattern: "^\\d{1,6}$" });
export const draftOf = ({ drafts }: SignedInContext, params: Record<string, string>): Draft => drafts.find(Number(params.draft))!;
export const versionField = (draft: Draft): Html => html`<input type="hidden" name="version" value="${draft.version}">
`;

export const settled = ({ newsroom, drafts }: SignedInContext, draft: Draft): Draft => settleDraft(newsroom, drafts, draft);

/** The steps that lead on from where it is, for who may take them. */
export function wayPart({ who, drafts, approval, newsroom }: SignedInContext, draft: Draft, looked: Looked): Html {
  const base = `/desk/stories/${draft.id}`;
  const waived = new Set(drafts.waivers(draft.id).map(({ rule }) => rule));
  const open = looked.findings.filter(({ rule }) => !waived.has(rule));
  const step = (to: string, words: string, withNote = false) =>
    deskForm(who, `${base}/step`, html`${versionField(draft)}<input type="hidden" name="to" value="${to}">
${withNote && field("note", "What is to be done", { required: true })}<button>${words}</button>`);
  const isOut = looked.story !== undefined && readPublication(newsroom.log, looked.story.slug) !== undefined;
  const mayReview = can(who.user.role, "stories.review") && draft.state === "in review";
  return html`<p class="hint">${draft.state === "draft" ? "A draft." : `It is ${draft.state}.`} Draft, in review, approved${approval === "another" && " by another person"}, then published or kept for its time.</p>
<p class="hint" data-open-findings${open.length === 0 && html` hidden`}><span>${open.length}</span> open in the lint: none may be when it is published.</p>
${draft.state === "draft" && step("in review", "Ask for review")}${mayReview && deskForm(who, `${base}/approve`, html`${versionField(draft)}<button>Approve version ${draft.version}</button>`)}${
    ["in review", "approved", "scheduled"].includes(draft.state) && step("draft", draft.state === "scheduled" ? "Take it back" : "Send back", true)
  }${
    can(who.user.role, "stories.publish") &&
    draft.state === "approved" &&
    deskForm(
      who,
      `${base}/publish`,
      html`${versionField(draft)}${field("at", "Not before (UTC)", { type: "datetime-local", hint: "Empty: now. What waits for its time waits outside the log." })}${isOut && html`${field("correction", "What was wrong, for readers", { hint: "A correction: it goes into the notice, the list, the feeds and the mail to those who were sent it." })}${field("why", "Why there is a new revision", { hint: "Where nothing was wrong. One of the two is asked for where a number that readers saw changes." })}`}<div data-open-findings${open.length === 0 && html` hidden`}>${field("waive", "Waive one finding", { hint: "rule=reason; readers see the reason." })}</div><button class="main-act">Publish</button>
`,
    )
  }${draft.state === "published" && html`<p>Published. A new version begins its way anew.</p>
`}`;
}

export const storyWayRoutes: DeskRoute[] = [
  deskRoute({
    method: "POST",
    path: "/stories/:draft/step",
    about: "Asks for review, or sends back with a note.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ to: oneOf(["in review", "draft"] as const), version: VERSION, note: Type.Optional(Type.String({ maxLength: 2_000 })) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const { drafts, who, record } = context;
      const draft = draftOf(context, params);
      stepDraft(context.newsroom, drafts, draft, who.user.handle, form.to, { version: Number(form.version), note: form.note, tookBack: (slug) => record("story.unschedule", slug) });
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
  deskRoute({
    method: "POST",
    path: "/stories/:draft/waive",
    about: "Lets a finding of the lint stand with a reason that readers see, or takes that back.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ rule: oneOf(Object.keys(LINT_RULES) as (keyof typeof LINT_RULES)[]), why: Type.String({ maxLength: 400 }) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const draft = draftOf(context, params);
      context.drafts.waive(draft.id, context.who.user.handle, form.rule, form.why.trim());
      context.record(form.why === "" ? "story.unwaive" : "story.waive", `draft ${draft.id}, ${form.rule}`);
      const { findings, figures } = lookAtText(context.newsroom.log, context.drafts.text(draft.id)!.text);
      return { json: { findings, figures, waivers: context.drafts.waivers(draft.id), version: draft.version, state: draft.state } };
    },
  }),
];

function publish(context: SignedInContext, { params, form: { version, waive, ...form } }: { params: Record<string, string>; form: { version: string; at?: string; why?: string; correction?: string; waive?: string } }): DeskAnswer {
  const { drafts, who, write, newsroom, record, effects } = context;
  const draft = draftOf(context, params);
  const waivers = waive === undefined ? [] : [waiverOf(waive)];
  const sent = sendDraftOut(newsroom, drafts, draft, who.user.handle, { version: Number(version), now: effects.clock(), ...form, waivers }, write);
  if (sent.outcome === "scheduled") record("story.schedule", `${sent.slug} at ${sent.due}${sent.replaced === undefined ? "" : ` instead of ${sent.replaced}`}`);
  return { go: `/desk/stories/${draft.id}` };
}

function waiverOf(text: string): Waiver {
  const [, rule, why] = /^([a-z-]+)=(.{3,400})$/s.exec(text.trim()) ?? [];
  if (rule === undefined || !Object.hasOwn(LINT_RULES, rule)) throw new TracewireError("BAD_ARGUMENT", { what: "waive: write rule=reason", where: "waive", hint: `Rules: ${Object.keys(LINT_RULES).join(", ")}.` });
  return { rule, why: why! };
}
