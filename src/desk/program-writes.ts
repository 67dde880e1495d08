// What programs write by their keys: the same functions as forms and commands, under the key's name, with the rights of its
// scopes. Nothing here goes around the lint, the review, or whose an object is.
import { WriteConflict, apiWrites, type Scope, type Writer, type WriteAnswer, type WriteRuns, type WriteServerOptions } from "../api/api.ts";
import { recordAct, type Accounts, type Doer, type Right } from "../accounts/accounts.ts";
import {
  appendInverse,
  appendJudgement,
  foreseeClaim,
  isPrivateClaim,
  parseClaim,
  readClaim,
  readClaims,
  readHistory,
  requireReleasable,
  type ClaimInput,
} from "../casefile/casefile.ts";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { appendCapture, appendRelease, findCapture, prepareCapture, requireLocator, type BlobStore, type Capture, type Extraction, type Transaction } from "../evidence/evidence.ts";
import type { NewsroomReader } from "../newsroom.ts";
import {
  formatStoryText,
  lineChanges,
  publishStory,
  readableChanges,
  readPublication,
  sendDraftOut,
  settleDraft,
  stepDraft,
  withdrawStory,
  type Draft,
  type Drafts,
  type Publication,
  type PublishOutcome,
  type Submissions,
} from "../press/press.ts";
import { writesAs, type Write } from "./change.ts";
import { saveClaim, vantageOf } from "./claim-form.ts";
import type { Inbox } from "./inbox.ts";
import { lookAtText } from "./look-at-story.ts";
import { OBJECTS, seesCapture, seesDraft, type Actor, type ObjectName } from "./objects.ts";
import type { DeskContext } from "./route.ts";

export const SCOPE_RIGHTS: Partial<Record<Scope, readonly Right[]>> = {
  "case:write": ["case.read", "case.write"],
  "case:release": ["case.release"],
  "stories:write": ["stories.write"],
  "stories:review": ["stories.review"],
  "stories:publish": ["stories.publish"],
};
const RIVALS_SHOWN = 20;

export type ProgramDesk = Pick<DeskContext, "approval" | "readText" | "traceJobs" | "works" | "questionJobs" | "dataJobs"> & {
  newsroom: NewsroomReader;
  accounts: Accounts;
  inbox: Inbox;
  drafts: Drafts;
  submissions: Submissions;
  effects: Effects;
  blobs: Pick<BlobStore, "put">;
};

export function programWrites(desk: ProgramDesk): WriteRuns {
  const { newsroom, drafts, accounts, effects } = desk;
  const { log } = newsroom;
  const actorOf = ({ name, scopes }: Writer): Actor => ({ user: { id: 0, handle: name, role: "" }, rights: new Set([...scopes].flatMap((scope) => SCOPE_RIGHTS[scope] ?? [])) });
  const doerOf = ({ name, network }: Writer): Doer => ({ user: { id: 0, handle: name }, network });
  const writeAs = (writer: Writer): Write => writesAs({ folder: newsroom.folder, accounts, effects }, doerOf(writer));
  const record = (writer: Writer, act: string, object: string) => accounts.change(() => recordAct(accounts, doerOf(writer), act, object));
  const sees = (object: ObjectName) => (writer: Writer, params: Record<string, unknown>) =>
    OBJECTS[object](desk, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])), actorOf(writer));

  const draftAnswer = (draft: Draft): WriteAnswer => {
    const { id, title, state, by, version, version_by, version_at } = draft;
    const { text } = drafts.text(id)!;
    const { findings } = lookAtText(log, text);
    return { body: { draft: id, title, state, by, version, version_by, version_at, text, findings, waivers: drafts.waivers(id) }, version };
  };
  const draftOf = (id: number): Draft => settleDraft(newsroom, drafts, drafts.find(id)!);
  /** The draft at the version that If-Match names; `sent` is what should stand there. */
  const draftAt = (id: number, version: number, sent?: string): Draft => {
    const draft = draftOf(id);
    if (draft.version !== version) throw draftConflict(draft, sent ?? drafts.text(id, version)?.text ?? "");
    return draft;
  };
  const draftConflict = (draft: Draft, sent: string): WriteConflict => {
    const { text } = drafts.text(draft.id)!;
    return new WriteConflict(`${draft.version_by} saved version ${draft.version} meanwhile`, { etag: `"${draft.version}"`, by: draft.version_by, at: draft.version_at, ...beside(text, sent.replaceAll("\r\n", "\n")), current: text });
  };
  /** The revision that If-Match names, looked at inside the change; `version` is what was sent for. */
  const requireRevision = (found: Publication, version: number): void => {
    if (found.revision === version) return;
    const named = readPublication(log, found.slug, version);
    throw new WriteConflict(`${found.slug} is at revision ${found.revision}`, { etag: `"${found.revision}"`, by: found.by, at: found.at, ...beside(formatStoryText(found.story), named ? formatStoryText(named.story) : ""), current: formatStoryText(found.story) });
  };
  const storySees = (_: Writer, { slug }: { slug: string }) => readPublication(log, slug) !== undefined;

  return {
    addCapture: {
      async run(writer, { body }) {
        const { text, bytes, title, name, media_type, grade, source_grade, item_grade, licence, retrieved_at, is_protected } = body;
        if ((text === undefined) === (bytes === undefined)) throw new TracewireError("BAD_ARGUMENT", { what: "body: either text or bytes", where: "text" });
        const prepared = await prepareCapture(desk.blobs, {
          bytes: text === undefined ? Buffer.from(bytes!, "base64") : Buffer.from(text, "utf8"),
          origin: { from: "file", name: name ?? "sent by a program" },
          retrieved_at: retrieved_at ?? effects.clock(),
          retrieved_by: writer.name,
          declared_media_type: media_type ?? (text === undefined ? undefined : "text/plain"),
          title: title.trim(),
          grade,
          source_grade,
          item_grade,
          ...(licence === undefined ? {} : { licence }),
          ...(is_protected ? { is_protected: true as const } : {}),
        });
        const capture = writeAs(writer)("capture.add", is_protected ? "a protected source" : title, (transaction) => appendCapture(transaction, prepared));
        const { extraction, sha256, byte_count } = prepared;
        const read = extraction.outcome === "text" ? { text_chars: extraction.text.length } : { text_chars: 0, reason: extraction.reason };
        return { body: { capture, sha256, byte_count, media_type: extraction.media_type, extraction: extraction.outcome, ...read } };
      },
    },
    addClaims: {
      async run(writer, { query, body }) {
        const who = actorOf(writer);
        const texts = new Map<number, { capture: Capture; text: Extraction }>();
        const claims: ClaimInput[] = [];
        for (const [at, given] of body.claims.entries()) {
          const claim = parseClaim(given, `claims.${at}`);
          const capture = findCapture(log, claim.source.capture);
          if (!capture || !seesCapture(who, capture)) throw new TracewireError("NOT_FOUND", { what: `There is no capture ${claim.source.capture}`, where: `claims.${at}.source.capture` });
          if (!texts.has(capture.seq)) texts.set(capture.seq, { capture, text: await desk.readText(capture) });
          requireLocator(texts.get(capture.seq)!.text, claim.source.locator, `claims.${at}.source.locator`);
          claims.push(claim);
        }
        const isSecret = [...texts.values()].some(({ capture }) => capture.is_protected);
        const made = writeAs(writer)(
          "claim.add",
          isSecret ? "a protected source" : [...new Set(claims.map(({ subject }) => subject))].join(", "),
          (transaction) => claims.map((claim, at) => addOne(transaction, who, claim, at)),
          { dry: query.dry === true },
        );
        return { body: { dry: query.dry === true, claims: made.map((one) => (query.dry === true && one.is_new ? { ...one, claim: null } : one)) } };
      },
    },
    retractClaim: {
      sees: sees("own claim"),
      run: (writer, { params, body }) => inverse(writer, "claim.undo", params.claim, body.why),
    },
    releaseClaim: {
      sees: sees("claim"),
      run(writer, { params }) {
        const claim = readClaim(log, params.claim)!;
        requireReleasable(claim);
        const entries = [claim.seq, claim.source.capture];
        const entry = writeAs(writer)("claim.release", `entry ${claim.seq}`, (transaction) => appendRelease(transaction, entries, [], writer.name));
        return { body: { entry: entry ?? null, released: entries } };
      },
    },
    addJudgement: {
      run(writer, { body }) {
        const who = actorOf(writer);
        for (const name of [body.subject, ...(body.other === undefined ? [] : [body.other])])
          if (!readClaims(log, { ...vantageOf({ who }, log.size()) }, { subject: name, limit: 1 }).length) throw new TracewireError("NOT_FOUND", { what: `There is no claim on “${name}”`, where: name === body.subject ? "subject" : "other" });
        return { body: { judgement: writeAs(writer)("judgement.add", body.subject, (transaction) => appendJudgement(transaction, body, writer.name)) } };
      },
    },
    retractJudgement: {
      sees: sees("own judgement"),
      run: (writer, { params, body }) => inverse(writer, "judgement.undo", params.judgement, body.why),
    },
    listDrafts: {
      run: (writer) => ({
        body: {
          items: drafts
            .list()
            .filter((draft) => seesDraft(actorOf(writer), draft))
            .map((draft) => settleDraft(newsroom, drafts, draft))
            .map(({ id, title, state, by, version, version_by, version_at }) => ({ draft: id, title, state, by, version, version_by, version_at })),
        },
      }),
    },
    addDraft: {
      run(writer, { body }) {
        const draft = drafts.create(writer.name, body.text, body.stands_on);
        record(writer, "story.begin", `draft ${draft.id}`);
        return draftAnswer(draft);
      },
    },
    readDraft: { sees: sees("draft"), run: (_, { params }) => draftAnswer(draftOf(params.draft)) },
    saveDraft: {
      sees: sees("draft"),
      run(writer, { params, body, version }) {
        const text = body.text;
        const draft = draftAt(params.draft, version, text);
        try {
          const saved = drafts.save(draft.id, writer.name, text, version);
          if (saved.version !== version) record(writer, "story.save", `draft ${draft.id}, version ${saved.version}`);
          return draftAnswer(saved);
        } catch (error) {
          const now = drafts.find(draft.id)!;
          if (error instanceof TracewireError && error.code === "CONFLICT" && now.version !== version) throw draftConflict(now, text);
          throw error;
        }
      },
    },
    stepDraft: {
      sees: sees("draft"),
      run(writer, { params, body, version }) {
        const draft = draftAt(params.draft, version);
        const done = stepDraft(newsroom, drafts, draft, writer.name, body.to, { version, note: body.note, tookBack: (slug) => record(writer, "story.unschedule", slug) });
        record(writer, "story.step", `draft ${draft.id} to ${body.to}`);
        return draftAnswer(done);
      },
    },
    approveDraft: {
      sees: sees("draft"),
      run(writer, { params, version }) {
        if (desk.approval === "another") throw new TracewireError("NOT_ALLOWED", { what: "Another person approves in this newsroom, and a key is none", hint: "Somebody approves it at the desk, or by tracewire draft approve." });
        const draft = draftAt(params.draft, version);
        const done = drafts.step(draft.id, writer.name, "approved", { version });
        record(writer, "story.approve", `draft ${draft.id}, version ${version}`);
        return draftAnswer(done);
      },
    },
    waiveFinding: {
      sees: sees("draft"),
      run(writer, { params, body, version }) {
        const draft = draftAt(params.draft, version);
        drafts.waive(draft.id, writer.name, body.rule, body.why.trim());
        record(writer, body.why.trim() === "" ? "story.unwaive" : "story.waive", `draft ${draft.id}, ${body.rule}`);
        return draftAnswer(draft);
      },
    },
    publishDraft: {
      sees: sees("draft"),
      run(writer, { params, body, version }) {
        const draft = draftAt(params.draft, version);
        const sent = sendDraftOut(newsroom, drafts, draft, writer.name, { version, now: effects.clock(), ...body }, writeAs(writer));
        if (sent.outcome !== "scheduled") return published(sent.slug, sent);
        record(writer, "story.schedule", `${sent.slug} at ${sent.due}${sent.replaced === undefined ? "" : ` instead of ${sent.replaced}`}`);
        return { body: sent };
      },
    },
    readStory: {
      sees: storySees,
      run(_, { params }) {
        const { slug, revision, seq, at, by, story, withdrawn } = readPublication(log, params.slug)!;
        return { body: { slug, revision, entry: seq, at, by, type: story.type, text: formatStoryText(story), withdrawn: withdrawn?.why ?? null }, version: revision };
      },
    },
    correctStory: {
      sees: storySees,
      run(writer, { params, body, version }) {
        const outcome = writeAs(writer)("story.correct", params.slug, (transaction, { log: now }) => {
          const found = readPublication(now, params.slug)!;
          requireRevision(found, version);
          return publishStory(transaction, now, found.story, { by: writer.name, why: "Figures by what is known now", waivers: found.waivers, correction: { what: body.what.trim() } });
        });
        return published(params.slug, outcome);
      },
    },
    withdrawStory: {
      sees: storySees,
      run(writer, { params, body, version }) {
        const outcome = writeAs(writer)("story.withdraw", params.slug, (transaction, { log: now }) => {
          requireRevision(readPublication(now, params.slug)!, version);
          return withdrawStory(transaction, now, params.slug, { by: writer.name, why: body.why });
        });
        return published(params.slug, outcome);
      },
    },
  };

  function addOne(transaction: Transaction, who: Actor, claim: ClaimInput, at: number) {
    if (claim.supersedes !== undefined) requireHeld(transaction, who, claim, at);
    const size = transaction.size();
    const { findings, rivals } = foreseeClaim({ db: transaction.db }, vantageOf({ who }, size), claim);
    const seq = saveClaim({ who }, transaction, claim);
    return {
      claim: seq as number | null,
      is_new: transaction.size() > size,
      findings: findings.map(({ check, what }) => ({ check, what })),
      rivals: rivals
        .filter((rival) => !isPrivateClaim({ kind: "claim", claim: rival }))
        .slice(0, RIVALS_SHOWN)
        .map(({ seq: rival, claimant, value, unit, hedge }) => ({ claim: rival, claimant, value, unit: unit ?? null, hedge })),
    };
  }

  /** What is replaced must be theirs to take back, and still hold: else somebody's newer word would be lost unseen. */
  function requireHeld(transaction: Transaction, who: Actor, claim: ClaimInput, at: number): void {
    const entry = claim.supersedes!;
    const where = `claims.${at}.supersedes`;
    const old = OBJECTS["own claim"](desk, { claim: String(entry) }, who) ? readClaim(log, entry) : undefined;
    if (!old) throw new TracewireError("NOT_FOUND", { what: `Entry ${entry} is no claim of yours to replace`, where });
    const held = readHistory({ ...log, db: transaction.db }, vantageOf({ who }, transaction.size()), old.subject);
    const ended = held.find(({ seq }) => seq === entry)?.superseded;
    if (ended === undefined) return;
    const now = held.find(({ seq }) => seq === ended);
    if (!now || isPrivateClaim({ kind: "claim", claim: now })) throw new TracewireError("CONFLICT", { what: `Entry ${entry} holds no more: entry ${ended} ended it`, where });
    const lines = (one: object) => JSON.stringify(Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))), null, 1);
    const { seq, by, at: since, released: _, kind_of: __, ...fields } = now;
    throw new WriteConflict(`Entry ${entry} holds no more: entry ${ended} replaced it`, { etag: `"${seq}"`, by, at: since, ...beside(lines(fields), lines(claim)), current: lines(fields) }, "CONFLICT");
  }

  function inverse(writer: Writer, act: string, entry: number, why: string): WriteAnswer {
    const { seq, how } = writeAs(writer)(act, `entry ${entry}`, (transaction, { log: now }) => appendInverse(transaction, now, entry, why, writer.name));
    return { body: { entry: seq, how } };
  }
}

function published(slug: string, { outcome, seq, revision }: PublishOutcome): WriteAnswer {
  return { body: { outcome, slug, entry: seq, revision }, version: revision };
}

function beside(current: string, sent: string) {
  const changes = lineChanges(current, sent);
  return { changes: changes.map(({ at_before, at_after, before, after }) => ({ at_current: at_before, at_sent: at_after, current: before, sent: after })), readable: readableChanges(changes) };
}

export const openProgramWrites = (desk: ProgramDesk, options: Pick<WriteServerOptions, "remoteOf" | "report">) =>
  apiWrites().openWriteServer({ ...options, folder: desk.newsroom.folder, effects: desk.effects, runs: programWrites(desk) });
