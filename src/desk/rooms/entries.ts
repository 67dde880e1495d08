// Entries that are made public, or forgotten for good: looked at first, then done. What the page showed is what is done; where
// it is another meanwhile, it is shown anew. The same as `tracewire release` and `tracewire erase`.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import { findCapture, sha256Hex } from "../../evidence/evidence.ts";
import { captureOf, entryWords, erasePlanned, findEntry, planErasure, planRelease, printedFrom, releasePlanned, type ErasurePlan, type ReleasePlan } from "../../release-and-erase.ts";
import { html, nothing, type Html } from "../../site/site.ts";
import { finishErasure } from "../forget.ts";
import { deskForm, field } from "../frame.ts";
import { seesCapture, seesSets } from "../objects.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

const NAMED_MAX = 200;
const SHOWN_MAX = 300;
const IDS = Type.String({ minLength: 1, maxLength: 4_000 });
const YES = Type.Optional(Type.Literal("yes"));

/** Throws BAD_ARGUMENT, and NOT_FOUND for what is not there or not theirs to see. */
function readIds(context: SignedInContext, text: string): number[] {
  const { log } = context.newsroom;
  const ids = text.split(/[\s,;]+/).filter(Boolean);
  if (ids.length === 0 || ids.length > NAMED_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `ids: name 1 to ${NAMED_MAX} entries`, where: "ids", hint: "Their numbers in the log, parted by blanks; a capture also by the start of its SHA-256." });
  return [...new Set(ids.map((id) => findEntry(log, id)))].map((seq) => requireSeen(context, seq));
}

/** What rests on a protected source of somebody else is answered as what is not there. */
function requireSeen({ newsroom: { log }, who }: SignedInContext, seq: number): number {
  const own = captureOf(log, seq);
  const capture = own === undefined ? undefined : findCapture(log, own);
  if ((capture && !seesCapture(who, capture)) || !seesSets(log, who, [seq])) throw new TracewireError("NOT_FOUND", { what: `There is no entry "${seq}"`, hint: "It is not there, or not yours to see." });
  return seq;
}

/** So that nothing else is done than what the page said. */
const digestOf = (plan: ReleasePlan | ErasurePlan): string => sha256Hex(JSON.stringify(plan)).slice(0, 32);

function requireSame(plan: ReleasePlan | ErasurePlan, shown: string, back: string): void {
  if (digestOf(plan) !== shown) throw new TracewireError("CONFLICT", { what: "It is not what the page showed any more: entries came or went meanwhile", hint: `Look again: ${back}` });
}

const entryList = ({ newsroom: { log } }: SignedInContext, seqs: readonly number[], note: (seq: number) => string | undefined = () => undefined): Html => html`<div class="scroll" tabindex="0"><table><thead><tr><th>Entry</th><th>What it is</th><th>Why it is here</th></tr></thead><tbody>${seqs.slice(0, SHOWN_MAX).map(
  (seq) => html`<tr><td>${seq}</td><td>${entryWords(log, seq)}</td><td>${note(seq) ?? ""}</td></tr>
`,
)}</tbody></table></div>
${seqs.length > SHOWN_MAX && html`<p>and ${seqs.length - SHOWN_MAX} more.</p>`}`;

const lookForm = (action: string, ids: string, box: { name: string; words: string; checked: boolean }): Html => html`<form method="get" action="${action}">${field("ids", "Entries", { value: ids, required: true, key: "i", hint: "Numbers of the log, parted by blanks; a capture also by the start of its SHA-256." })}<label class="check"><input type="checkbox" name="${box.name}" value="yes"${box.checked && html` checked`}> ${box.words}</label>
<button>Look</button></form>
`;

const refusal = ({ message, hint }: TracewireError): Html => html`<p class="finding" role="alert"><strong>${message}.</strong> ${hint}</p>
`;

/** The plan for what is asked, or why there is none. */
function looked<P>(ids: string, plan: () => P): P | TracewireError | undefined {
  if (ids.trim() === "") return undefined;
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    return error;
  }
}

const planOfRelease = (context: SignedInContext, ids: string, bytes: boolean): ReleasePlan => context.newsroom.log.snapshot(() => planRelease(context.newsroom.log, readIds(context, ids), { bytes }));

function planOfErasure(context: SignedInContext, ids: string, with_claims: boolean): ErasurePlan & { named: number[] } {
  const { log } = context.newsroom;
  return log.snapshot(() => {
    const named = readIds(context, ids);
    const plan = planErasure(log, named, { with_claims });
    for (const seq of plan.seqs) requireSeen(context, seq);
    return { ...plan, named };
  });
}

function releaseLook(context: SignedInContext, plan: ReleasePlan, ids: string, bytes: boolean): Html {
  const isOpen = new Set(plan.open);
  if (plan.open.length === plan.seqs.length && plan.bytes.length === 0) return html`<p class="done">All of it is public already.</p>
${entryList(context, plan.seqs)}`;
  return html`<h2>This would be public</h2>
${entryList(context, plan.seqs, (seq) => [isOpen.has(seq) && "public already", plan.bytes.includes(seq) && "and its bytes"].filter(Boolean).join(", "))}<p class="hint">Readers see each entry, figures count it, exports carry it. A claim brings the record of its capture and the place cited; the document itself only with its bytes. It is for good: an entry can be taken back or erased, but who read it has read it.</p>
${deskForm(context.who, "/desk/release", html`<input type="hidden" name="ids" value="${ids}">${bytes && html`<input type="hidden" name="bytes" value="yes">`}<input type="hidden" name="shown" value="${digestOf(plan)}"><button class="main-act">Release ${plan.seqs.length === 1 ? "it" : `these ${plan.seqs.length}`}</button>`)}`;
}

function eraseLook(context: SignedInContext, { named, ...plan }: ErasurePlan & { named: number[] }, ids: string, claims: boolean): Html {
  const printed = printedFrom(context.newsroom.log, plan);
  const wasNamed = new Set(named);
  const restated = new Set(plan.restated);
  return html`<h2>This would be forgotten for good</h2>
${entryList(context, plan.seqs, (seq) => (wasNamed.has(seq) ? "named" : restated.has(seq) ? "tells of its numbers" : "made or read from it"))}${plan.blobs.length > 0 && html`<p>The bytes of ${plan.blobs.length === 1 ? "one capture" : `${plan.blobs.length} captures`}, the title and the words in the inbox, what the record of acts names, and what was made at <a href="/desk/exports">Exports</a> before.</p>
`}<h2>This would stay</h2>
<ul><li>That an entry stood at each of these places, its hash, and that it was erased: by whom, when, and your reason. All of that is public.</li>
${plan.shared.length > 0 && html`<li>The bytes of ${plan.shared.join(", ")}: another capture holds the same.</li>
`}${printed.length > 0 && html`<li>Numbers that were printed from it, in ${printed.map((slug, at) => html`${at > 0 && ", "}<a href="${context.publicHref(`/stories/${slug}`)}">${slug}</a>`)}: <a href="/desk/moved">What moved</a> lists them afterwards.</li>
`}<li>What people wrote in words of their own: stories, drafts, notes, judgements’ reasons. Look for it there.</li>
<li>What left before: readers’ copies, exports, webhooks’ receivers, backups.</li></ul>
${deskForm(
    context.who,
    "/desk/erase",
    html`<input type="hidden" name="ids" value="${ids}">${claims && html`<input type="hidden" name="claims" value="yes">`}<input type="hidden" name="shown" value="${digestOf(plan)}">${field("reason", "Reason", { required: true, hint: "Kept in the log, in public, for good: name no person and nothing that is to be forgotten." })}<button>Erase ${plan.seqs.length === 1 ? "it" : `these ${plan.seqs.length}`}</button> <span class="hint">It cannot be undone.</span>`,
  )}`;
}

export const entryRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/release",
    about: "What would be public if these entries were released.",
    rule: { for: "case.release" },
    query: ["ids", "bytes", "done"],
    run(context, { query }) {
      const [ids, bytes, done] = [query.get("ids") ?? "", query.get("bytes") === "yes", query.get("done") ?? ""];
      const plan = looked(ids, () => planOfRelease(context, ids, bytes));
      return {
        title: "Release",
        ...(plan instanceof TracewireError ? { status: plan.status } : {}),
        page: html`<h1>Release</h1>
${/^\d{1,9}$/.test(done) && html`<p class="done" role="status">It is public, by <a href="${context.publicHref(`/log/${done}`)}">entry ${done}</a>.</p>
`}<p class="hint">Claims are released where they stand, one by one or a subject at once; here any entries by their numbers: judgements, captures with their bytes, figures’ rules.</p>
${lookForm("/desk/release", ids, { name: "bytes", words: "of captures: the bytes may leave as well (their licence must allow it)", checked: bytes })}${plan instanceof TracewireError ? refusal(plan) : plan ? releaseLook(context, plan, ids, bytes) : nothing}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/release",
    about: "Makes entries public.",
    rule: { for: "case.release" },
    form: Type.Object({ ids: IDS, bytes: YES, shown: Type.String({ maxLength: 64 }) }, { additionalProperties: false }),
    run(context, { form: { ids, bytes, shown } }) {
      const plan = planOfRelease(context, ids, bytes === "yes");
      requireSame(plan, shown, "/desk/release");
      const entry = context.write("release", plan.seqs.join(" ") + (bytes ? " --bytes" : ""), (transaction) => releasePlanned(transaction, plan, context.who.user.handle));
      return { go: `/desk/release?done=${entry ?? ""}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/erase",
    about: "What would be forgotten, and what would stay, if these entries were erased.",
    rule: { for: "case.erase" },
    query: ["ids", "claims", "done"],
    run(context, { query }) {
      const [ids, claims, done] = [query.get("ids") ?? "", query.get("claims") === "yes", query.get("done") ?? ""];
      const plan = looked(ids, () => planOfErasure(context, ids, claims));
      return {
        title: "Erase",
        ...(plan instanceof TracewireError ? { status: plan.status } : {}),
        page: html`<h1>Erase</h1>
${/^\d{1,9}$/.test(done) && html`<p class="done" role="status">It is forgotten; <a href="${context.publicHref(`/log/${done}`)}">entry ${done}</a> says that it was. What printed numbers of it is in <a href="/desk/moved">What moved</a>.</p>
`}<p class="hint">For what the law or a court asks to be forgotten. What was only wrong is taken back by an entry more (<a href="/desk/claims">Claims</a>) and stays readable.</p>
${lookForm("/desk/erase", ids, { name: "claims", words: "of captures: with the claims that were read from them", checked: claims })}${plan instanceof TracewireError ? refusal(plan) : plan ? eraseLook(context, plan, ids, claims) : nothing}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/erase",
    about: "Forgets entries for good.",
    rule: { for: "case.erase", fresh: true },
    form: Type.Object({ ids: IDS, claims: YES, reason: Type.String({ minLength: 3, maxLength: 2_000 }), shown: Type.String({ maxLength: 64 }) }, { additionalProperties: false }),
    run(context, { form: { ids, claims, reason, shown } }) {
      const { who, newsroom, effects } = context;
      const { named, ...plan } = planOfErasure(context, ids, claims === "yes");
      requireSame(plan, shown, "/desk/erase");
      // Numbers alone: the record must not name what was to be forgotten.
      const entry = context.write("erase", named.join(" ") + (claims ? " --with-claims" : ""), (transaction) => erasePlanned(transaction, plan, reason, who.user.handle));
      finishErasure(newsroom.folder, effects, plan, who.user.handle);
      return { go: `/desk/erase?done=${entry}` };
    },
  }),
];
