// What the editor's script asks for: a story as a document, saved on top of the version it was opened at; figures and names
// found while typing; who else has it open. All of it is beside the text form, which works without a script.
import Type from "typebox";
import { nameSlug, readNames } from "../../attribution/attribution.ts";
import { TracewireError } from "../../errors.ts";
import { diffSentences, parseStoryText, search, type Draft, type DraftVersion } from "../../press/press.ts";
import { listReports } from "../../reports/reports.ts";
import { oneOf } from "../../schema.ts";
import { madeOnce } from "../made-once.ts";
import { findFigures, lookAtStory, lookAtText, type Looked } from "../look-at-story.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";
import { documentOf, textOfDocument } from "../story-document.ts";
import { draftOf, VERSION } from "./story-way.ts";

const NAMES_SHOWN = 8;
const JSON_CHARS_MAX = 900_000;

const etagOf = (version: number): string => `"${version}"`;
/** What the margin shows: findings, those waived, and what each figure prints. */
const seenIn = (context: SignedInContext, draft: Draft, { findings, figures }: Looked) => ({ findings, figures, waivers: context.drafts.waivers(draft.id) });

/** A version as the editor opens it; where its text cannot be read, why. */
function opened(context: SignedInContext, draft: Draft, { text, version, at, by }: DraftVersion) {
  const looked = lookAtText(context.newsroom.log, text);
  return {
    version,
    at,
    by,
    state: draft.state,
    ...(looked.story ? { document: documentOf(looked.story) } : { problem: looked.findings[0]!.what }),
    ...seenIn(context, draft, looked),
  };
}

export const writingRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/stories/:draft/document",
    about: "A story for the editor's script, with what its figures print.",
    rule: { for: "stories.write", object: "draft" },
    run(context, { params }) {
      const draft = draftOf(context, params);
      // A window whose session ended and began anew has an old token: it takes the new one here.
      return { json: { ...opened(context, draft, context.drafts.text(draft.id)!), csrf: context.who.csrf }, etag: etagOf(draft.version) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/document",
    about: "Saves what the editor holds on top of the version in If-Match; 412 and what differs where there is a newer one.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ head: Type.String({ maxLength: JSON_CHARS_MAX }), doc: Type.String({ maxLength: JSON_CHARS_MAX }) }, { additionalProperties: false }),
    run: saveDocument,
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/restore",
    about: "Saves an older version again, as the newest.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ restore: VERSION, version: VERSION }, { additionalProperties: false }),
    run(context, { params, form }) {
      const { drafts, who, record } = context;
      const draft = draftOf(context, params);
      const old = drafts.text(draft.id, Number(form.restore));
      if (!old) throw new TracewireError("NOT_FOUND", { what: `It has versions 1 to ${draft.version}` });
      const saved = drafts.save(draft.id, who.user.handle, old.text, Number(form.version));
      record("story.restore", `draft ${draft.id}, version ${old.version} as ${saved.version}`);
      return { go: `/desk/stories/${draft.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/presence",
    about: "Says that a window has the story open, and whether it writes; answers who else is here.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ window: Type.String({ pattern: "^[\\w-]{8,40}$" }), wish: oneOf(["read", "write", "take over", "leave"] as const) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const draft = draftOf(context, params);
      const here = context.presence.touch({ draft: draft.id, handle: context.who.user.handle, name: form.window }, form.wish);
      return { json: { ...here, version: draft.version, version_by: draft.version_by, state: draft.state } };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/find/figures",
    about: "Figures by words, each with its answer, its rows and its words, for the editor's script.",
    rule: { for: "stories.write" },
    query: ["q"],
    run: ({ newsroom }, { query }) => ({ json: { figures: findFigures(newsroom.log, (query.get("q") ?? "").slice(0, 200)) } }),
  }),
  deskRoute({
    method: "GET",
    path: "/find/names",
    about: "Groups, thefts and reports by words, for the editor's script: what each puts into the line.",
    rule: { for: "stories.write" },
    query: ["q"],
    run: (context, { query }) => ({ json: { names: findNames(context, (query.get("q") ?? "").slice(0, 200)) } }),
  }),
];

function saveDocument(context: SignedInContext, { params, form, ifMatch }: { params: Record<string, string>; form: { head: string; doc: string }; ifMatch?: string }): DeskAnswer {
  const { drafts, who, record, newsroom } = context;
  const draft = draftOf(context, params);
  const base = /^"(\d{1,6})"$/.exec(ifMatch ?? "")?.[1];
  if (base === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "If-Match: it names no version", where: "If-Match", hint: "Send the ETag that the story was opened with." });
  const text = textOfDocument(jsonOf(form.head, "head"), jsonOf(form.doc, "doc"));
  try {
    const saved = drafts.save(draft.id, who.user.handle, text, Number(base));
    if (saved.version !== Number(base)) record("story.save", `draft ${draft.id}, version ${saved.version}`);
    return {
      json: { version: saved.version, at: saved.version_at, by: saved.version_by, state: saved.state, ...seenIn(context, saved, lookAtStory(newsroom.log, parseStoryText(text))) },
      etag: etagOf(saved.version),
    };
  } catch (error) {
    if (!(error instanceof TracewireError) || error.code !== "CONFLICT") throw error;
    const theirs = drafts.text(draft.id)!;
    const lines = diffSentences(theirs.text.split("\n"), text.split("\n")).filter((line) => line.kind !== "same" && line.text.trim() !== "");
    return { status: 412, json: { code: "CONFLICT", message: error.message, lines, theirs: opened(context, drafts.find(draft.id)!, theirs) }, etag: etagOf(theirs.version) };
  }
}

function jsonOf(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TracewireError("BAD_ARGUMENT", { what: `${field}: this is no JSON`, where: field, cause: error });
  }
}

type FoundName = { kind: string; title: string; /** What enters the line. */ node: { type: "link"; href: string; text: string } | { type: "name"; text: string } };

/** A name with digits in it is a name node and no link: as plain words it would read as a number that nobody bound. */
function findNames(context: SignedInContext, words: string): FoundName[] {
  const { log } = context.newsroom;
  const before = log.size();
  const nodeOf = (title: string, href: string): FoundName["node"] => (/\d/.test(title) ? { type: "name", text: title.slice(0, 120) } : { type: "link", href, text: title.slice(0, 200) });
  // A group's key has no capitals: it is spelled as somebody who uses the name spells it.
  const spelled = madeOnce(context, "spelling of groups", () =>
    new Map(readNames(log, { log_size: before, evidence: "released" }).flatMap(({ heading, name }) => [heading, name]).toReversed().map((name) => [nameSlug(name), name])),
  );
  const found = (["actor", "theft"] as const).flatMap((kind) =>
    search(log, words, { kind, before }).hits.map(({ name, title: known }): FoundName => {
      const title = kind === "actor" ? (spelled.get(name) ?? known) : known;
      return { kind: kind === "actor" ? "group" : "theft", title, node: nodeOf(title, `/${kind}s/${name}`) };
    }),
  );
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
  const reports = listReports(log, { log_size: before, evidence: "released" })
    .filter(({ symbol, title }) => asked.every((word) => `${symbol} ${title ?? ""}`.toLowerCase().includes(word)))
    .map(({ symbol, title }): FoundName => ({ kind: "report", title: title ? `${symbol}, ${title}` : symbol, node: { type: "name", text: symbol } }));
  return [...found, ...reports].slice(0, NAMES_SHOWN);
}

