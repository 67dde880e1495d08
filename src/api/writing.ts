// Addresses by which programs write, as data: what each takes, what it answers, which scope it asks. They are served by the
// desk's process, because the site holds no writer (decisions/0017); what each does is in src/desk/program-writes.ts.
import Type, { type Static, type TObject, type TSchema } from "typebox";
import { claimSchema, HEDGES, QUESTIONS, VERDICTS } from "../casefile/casefile.ts";
import type { ErrorCode } from "../errors.ts";
import { GRADES, ITEM_GRADES, SOURCE_GRADES } from "../evidence/evidence.ts";
import { DRAFT_STATES, LINT_RULES } from "../press/press.ts";
import type { Described, Taken } from "./endpoint.ts";
import type { Scope } from "./keys.ts";
import { closed, DAY, entryNumber, named, nullable, oneOf, text } from "./schemas.ts";

export type WriteEndpoint = Described & { /** The one scope that opens it. */ scope: Scope };

export const CLAIMS_AT_ONCE_MAX = 200;
/** Of base64: three quarters of it are bytes. What is larger is captured at the desk or by the command. */
const BYTES_CHARS_MAX = 8_000_000;
const WHY_CHARS_MAX = 2_000;
const STORY_CHARS_MAX = 400_000;
const NUMBER_MAX = 999_999_999;

const IDEMPOTENCY = {
  "idempotency-key": text("A sign of your own for this request, up to 100 characters: sent again with the same it is not done again but answered as before", { pattern: "^[\\x21-\\x7e]{1,100}$" }),
};
const ifMatch = text("The ETag that was read: what has changed since is not overwritten but answered 412", { maxLength: 20 });
const once = Type.Object(IDEMPOTENCY);
const onVersion = Type.Object({ ...IDEMPOTENCY, "if-match": Type.Optional(ifMatch) });
/** PUT is the same when it is done twice (RFC 9110 §9.2.2); a key is taken all the same. */
const onVersionAgain = Type.Object({ "idempotency-key": Type.Optional(IDEMPOTENCY["idempotency-key"]), "if-match": Type.Optional(ifMatch) });

const number = (description: string) => Type.Integer({ minimum: 0, maximum: NUMBER_MAX, description });
const why = text("Reason in words", { minLength: 3, maxLength: WHY_CHARS_MAX });
const draftParams = Type.Object({ draft: number("Number of the draft") }, closed);
const slugParams = Type.Object({ slug: text("Last part of its address", { maxLength: 120 }) }, closed);

const findingSchema = named("CheckFinding", Type.Object({ check: text("Named check (docs/checks.md)"), what: text("What it raises") }, closed));
const lintSchema = named("LintFinding", Type.Object({ rule: text("Rule (docs/checks.md)"), place: text("Where"), what: text("What"), fix: text("How it is mended"), can_stand: Type.Boolean({ description: "May be waived with a reason that readers see" }) }, closed));

const captureSchema = named(
  "NewCapture",
  Type.Object(
    {
      title: text("What it is, in a line", { minLength: 1, maxLength: 300 }),
      text: Type.Optional(text("Its text; or `bytes`", { minLength: 1, maxLength: 1_000_000 })),
      bytes: Type.Optional(text("Its bytes in base64 (RFC 4648 §4); or `text`", { minLength: 1, maxLength: BYTES_CHARS_MAX, pattern: "^[A-Za-z0-9+/]+={0,2}$" })),
      media_type: Type.Optional(text("What the source declares it to be", { maxLength: 100, pattern: "^[\\x21-\\x7e]+$" })),
      name: Type.Optional(text("Name of the file", { maxLength: 200 })),
      grade: oneOf(GRADES),
      source_grade: oneOf(SOURCE_GRADES),
      item_grade: oneOf(ITEM_GRADES),
      licence: Type.Optional(text("Under which its bytes may leave", { maxLength: 200 })),
      retrieved_at: Type.Optional(text("When it was retrieved, if not now (UTC)", { pattern: `${DAY.slice(0, -1)}T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,3})?Z$` })),
      is_protected: Type.Optional(Type.Boolean({ description: "Its source is protected: it is never released" })),
    },
    closed,
  ),
);

const claimInput = named("NewClaim", claimSchema().ClaimSchema);

const judgementSchema = named(
  "NewJudgement",
  Type.Object({ question: oneOf(QUESTIONS), subject: text("kind/name", { maxLength: 150 }), other: Type.Optional(text("The second subject of “same”", { maxLength: 150 })), verdict: oneOf(VERDICTS), why }, closed),
);

const draftFields = {
  draft: number("Number"),
  title: text("Headline"),
  state: oneOf(DRAFT_STATES),
  by: text("Who began it"),
  version: Type.Integer({ minimum: 1, description: "Also its ETag" }),
  version_by: text("Who saved that version"),
  version_at: text("When (UTC)"),
};
const draftLine = named("DraftLine", Type.Object(draftFields, closed));
const draftSchema = named(
  "Draft",
  Type.Object(
    {
      ...draftFields,
      text: text("In the form of docs/stories.md"),
      findings: Type.Array(lintSchema, { description: "What the lint says: none may be open when it is published" }),
      waivers: Type.Array(Type.Object({ rule: text("Rule"), why: text("Reason, for readers"), by: text("By whom"), at: text("When") }, closed)),
    },
    closed,
  ),
);

const storySchema = named(
  "PublishedStory",
  Type.Object(
    {
      slug: text("Last part of its address"),
      revision: Type.Integer({ minimum: 1, description: "Also its ETag" }),
      entry: entryNumber,
      at: text("When (UTC)"),
      by: text("By whom"),
      type: text("story, release or archive"),
      text: text("In the form of docs/stories.md"),
      withdrawn: nullable(text("Why it was withdrawn")),
    },
    closed,
  ),
);

const outSchema = named(
  "SentOut",
  Type.Object(
    {
      outcome: oneOf(["published", "unchanged", "scheduled"] as const),
      slug: text("Last part of its address"),
      entry: Type.Optional(entryNumber),
      revision: Type.Optional(Type.Integer({ minimum: 1 })),
      due: Type.Optional(text("Not before (UTC)")),
      replaced: Type.Optional(text("An earlier version waited for this moment (UTC) and does not come out")),
    },
    closed,
  ),
);

const inverseSchema = named("Inverse", Type.Object({ entry: entryNumber, how: oneOf(["said again", "retracted"] as const) }, closed));
const whyBody = Type.Object({ why }, closed);

const CHANGED: readonly ErrorCode[] = ["PRECONDITION_FAILED", "PRECONDITION_REQUIRED"];

function write<P extends TObject | undefined = undefined, Q extends TObject | undefined = undefined, B extends TSchema | undefined = undefined, H extends TObject | undefined = undefined>(
  definition: Omit<WriteEndpoint, "params" | "query" | "body" | "headers" | "group" | "own"> & { params?: P; query?: Q; body?: B; headers?: H },
) {
  return { group: "writing", own: true, ...definition } as Omit<WriteEndpoint, "params" | "query" | "body" | "headers"> & { params: P; query: Q; body: B; headers: H };
}

export const WRITES = {
  addCapture: write({
    method: "POST",
    path: "/captures",
    scope: "case:write",
    about: "Keeps the bytes or the text of a source, as `tracewire capture` does; its text is read in a limited process.",
    headers: once,
    body: captureSchema,
    status: 201,
    answer: named(
      "CaptureMade",
      Type.Object(
        {
          capture: entryNumber,
          sha256: text("Of its bytes"),
          byte_count: Type.Integer(),
          media_type: text("What it was found to be"),
          extraction: oneOf(["text", "unreadable"] as const),
          text_chars: Type.Integer(),
          reason: Type.Optional(text("Why no text could be read")),
        },
        closed,
      ),
    ),
    errors: ["CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
    cost: 5,
  }),
  addClaims: write({
    method: "POST",
    path: "/claims",
    scope: "case:write",
    about: "Reads claims out of captures: all of them in one change, or none. One that is held already is not put in twice.",
    headers: once,
    query: Type.Object({ dry: Type.Optional(Type.Boolean({ description: "Only checked: what would be raised, and nothing is written" })) }, closed),
    body: Type.Object({ claims: Type.Array(claimInput, { minItems: 1, maxItems: CLAIMS_AT_ONCE_MAX }) }, closed),
    status: 200,
    answer: named(
      "ClaimsMade",
      Type.Object(
        {
          dry: Type.Boolean(),
          claims: Type.Array(
            Type.Object(
              {
                claim: nullable(entryNumber),
                is_new: Type.Boolean(),
                findings: Type.Array(findingSchema),
                rivals: Type.Array(Type.Object({ claim: entryNumber, claimant: text("Who says it"), value: text("What"), unit: nullable(text("Unit")), hedge: oneOf(HEDGES) }, closed)),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    errors: ["BAD_CLAIM", "LOCATOR_NOT_FOUND", "CAPTURE_UNREADABLE", "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
    cost: 5,
  }),
  retractClaim: write({
    method: "POST",
    path: "/claims/{claim}/retraction",
    scope: "case:write",
    about: "Takes a claim of one's own back by an entry more; another's needs `case:release` besides.",
    params: Type.Object({ claim: number("Entry of the claim") }, closed),
    headers: once,
    body: whyBody,
    answer: inverseSchema,
    errors: ["CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  releaseClaim: write({
    method: "POST",
    path: "/claims/{claim}/release",
    scope: "case:release",
    about: "Makes a claim and the record of its capture public.",
    params: Type.Object({ claim: number("Entry of the claim") }, closed),
    headers: once,
    answer: named("Released", Type.Object({ entry: nullable(entryNumber), released: Type.Array(entryNumber) }, closed)),
    errors: ["BAD_CLAIM", "BAD_ARGUMENT", "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  addJudgement: write({
    method: "POST",
    path: "/judgements",
    scope: "case:write",
    about: "Judges two subjects (the same, not the same, unsure) or whether a victim is named, with a reason.",
    headers: once,
    body: judgementSchema,
    status: 201,
    answer: Type.Object({ judgement: entryNumber }, closed),
    errors: ["CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  retractJudgement: write({
    method: "POST",
    path: "/judgements/{judgement}/retraction",
    scope: "case:write",
    about: "Takes a judgement of one's own back by an entry more; another's needs `case:release` besides.",
    params: Type.Object({ judgement: number("Entry of the judgement") }, closed),
    headers: once,
    body: whyBody,
    answer: inverseSchema,
    errors: ["CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  listDrafts: write({
    method: "GET",
    path: "/drafts",
    scope: "stories:write",
    about: "Drafts that the key may see, the newest first: its own, everybody's with `stories:review`.",
    answer: Type.Object({ items: Type.Array(draftLine) }, closed),
  }),
  addDraft: write({
    method: "POST",
    path: "/drafts",
    scope: "stories:write",
    about: "Begins a draft; of a story that is out, with the revision that its text was written on.",
    headers: once,
    body: Type.Object({ text: text("In the form of docs/stories.md", { minLength: 1, maxLength: STORY_CHARS_MAX }), stands_on: Type.Optional(number("The published revision that the text was written on")) }, closed),
    status: 201,
    answer: draftSchema,
    errors: ["BAD_STORY", "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  readDraft: write({
    method: "GET",
    path: "/drafts/{draft}",
    scope: "stories:write",
    about: "A draft with its text, what the lint says of it, and its version as ETag.",
    params: draftParams,
    answer: draftSchema,
  }),
  saveDraft: write({
    method: "PUT",
    path: "/drafts/{draft}",
    scope: "stories:write",
    about: "Saves a version on top of the one in If-Match; 412 with both beside each other where there is a newer one. What was in review or approved is a draft again.",
    params: draftParams,
    headers: onVersionAgain,
    body: Type.Object({ text: text("In the form of docs/stories.md", { minLength: 1, maxLength: STORY_CHARS_MAX }) }, closed),
    answer: draftSchema,
    errors: [...CHANGED, "BAD_STORY", "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  stepDraft: write({
    method: "POST",
    path: "/drafts/{draft}/steps",
    scope: "stories:write",
    about: "Asks for review, or back to draft with a note; what is scheduled is taken out of the schedule by that.",
    params: draftParams,
    headers: onVersion,
    body: Type.Object({ to: oneOf(["in review", "draft"] as const), note: Type.Optional(text("What is to be done; a step back needs it", { maxLength: WHY_CHARS_MAX })) }, closed),
    answer: draftSchema,
    errors: [...CHANGED, "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  approveDraft: write({
    method: "POST",
    path: "/drafts/{draft}/approval",
    scope: "stories:review",
    about: "Approves the version in If-Match. Where the newsroom asks for another person, a key is none and approves nothing.",
    params: draftParams,
    headers: onVersion,
    answer: draftSchema,
    errors: [...CHANGED, "NOT_ALLOWED", "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  waiveFinding: write({
    method: "POST",
    path: "/drafts/{draft}/waivers",
    scope: "stories:write",
    about: "Lets a finding of the lint stand with a reason that readers see; an empty reason takes that back.",
    params: draftParams,
    headers: onVersion,
    body: Type.Object({ rule: oneOf(Object.keys(LINT_RULES) as (keyof typeof LINT_RULES)[]), why: text("Reason, for readers", { maxLength: 400 }) }, closed),
    answer: draftSchema,
    errors: [...CHANGED, "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  publishDraft: write({
    method: "POST",
    path: "/drafts/{draft}/publication",
    scope: "stories:publish",
    about: "Publishes the approved version in If-Match, now or at its time; `correction` says for readers what was wrong.",
    params: draftParams,
    headers: onVersion,
    body: Type.Object(
      {
        at: Type.Optional(text("Not before (UTC): it waits outside the log", { maxLength: 40 })),
        why: Type.Optional(text("Why there is a new revision", { maxLength: WHY_CHARS_MAX })),
        correction: Type.Optional(text("What was wrong, for readers", { minLength: 3, maxLength: WHY_CHARS_MAX })),
      },
      closed,
    ),
    answer: outSchema,
    errors: [...CHANGED, "LINT_FAILED", "BAD_STORY", "BAD_PICTURE", "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  readStory: write({
    method: "GET",
    path: "/stories/{slug}",
    scope: "stories:write",
    about: "A published story in its newest revision, which is its ETag.",
    params: slugParams,
    answer: storySchema,
  }),
  correctStory: write({
    method: "POST",
    path: "/stories/{slug}/correction",
    scope: "stories:publish",
    about: "Publishes the revision in If-Match again with today's figures, as a correction.",
    params: slugParams,
    headers: onVersion,
    body: Type.Object({ what: text("What was wrong, for readers", { minLength: 3, maxLength: WHY_CHARS_MAX }) }, closed),
    answer: outSchema,
    errors: [...CHANGED, "LINT_FAILED", "BAD_STORY", "BAD_PICTURE", "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
  withdrawStory: write({
    method: "POST",
    path: "/stories/{slug}/withdrawal",
    scope: "stories:publish",
    about: "Takes the revision in If-Match off lists and search; its address stays and says why.",
    params: slugParams,
    headers: onVersion,
    body: whyBody,
    answer: outSchema,
    errors: [...CHANGED, "CONFLICT", "IDEMPOTENCY_KEY_REUSED"],
  }),
} as const;

export type WriteName = keyof typeof WRITES;
type Headers<H> = H extends TObject ? Static<H> : Record<string, never>;
export type WriteAsked<N extends WriteName> = {
  params: Taken<(typeof WRITES)[N]["params"]>;
  query: Taken<(typeof WRITES)[N]["query"]>;
  body: Taken<(typeof WRITES)[N]["body"]>;
  headers: Headers<(typeof WRITES)[N]["headers"]>;
};
export const WRITE_LIST = Object.values(WRITES) as readonly WriteEndpoint[];
