// The case file as it is worked on: claims with what undoes them, and one subject with its rivals side by side and the
// judgements on it.
import Type from "typebox";
import {
  VERDICTS,
  appendInverse,
  appendJudgement,
  fieldSpec,
  findJudgement,
  isPrivateClaim,
  kindOf,
  kindSpec,
  readClaim,
  readClaims,
  readJudgements,
  requireReleasable,
  runChecksOn,
  subjectsNear,
  type Claim,
  type Vantage,
} from "../../casefile/casefile.ts";
import { TracewireError } from "../../errors.ts";
import { appendRelease, findCapture, locatorText } from "../../evidence/evidence.ts";
import { oneOf } from "../../schema.ts";
import { claimValue, html, type Html } from "../../site/site.ts";
import { can } from "../../accounts/accounts.ts";
import { listChoicesOn, type ChoiceOn } from "../../figures/figures.ts";
import { placeHref } from "../captured.ts";
import { vantageOf } from "../claim-form.ts";
import { choice, deskForm, field, when } from "../frame.ts";
import { seesCapture } from "../objects.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

const CLAIMS_SHOWN = 60;
/** Looked through for those that may be shown. */
const CLAIMS_READ_MAX = 2_000;
const WHY = Type.String({ minLength: 3, maxLength: 2_000 });
const VERDICT_WORDS = { positive: "the same", negative: "not the same", unsure: "unsure" } as const;

const everything = ({ newsroom }: SignedInContext): Vantage => ({ log_size: newsroom.log.size(), evidence: "all" });

/** Without those that rest on what another person protected. */
function visible(context: SignedInContext, claims: readonly Claim[]): Claim[] {
  const seen = new Map<number, boolean>();
  return claims.filter(({ source: { capture } }) => {
    if (!seen.has(capture)) {
      const found = findCapture(context.newsroom.log, capture);
      seen.set(capture, found !== undefined && seesCapture(context.who, found));
    }
    return seen.get(capture)!;
  });
}

const valueWords = (claim: Claim): string =>
  isPrivateClaim({ kind: "claim", claim }) ? "private" : claimValue(claim);
const label = (claim: Claim): string => fieldSpec(claim.kind_of, claim.field)?.label ?? claim.field;

function acts({ who }: SignedInContext, claim: Claim): Html {
  const mayUndo = can(who.user.role, "case.write") && (claim.by === who.user.handle || can(who.user.role, "case.release"));
  const mayRelease = can(who.user.role, "case.release") && claim.released === undefined && !isPrivateClaim({ kind: "claim", claim });
  return html`${mayRelease && deskForm(who, `/desk/claims/${claim.seq}/release`, html`<button>Release</button>`)}${
    mayUndo &&
    html`<details><summary>Take back</summary>${deskForm(who, `/desk/claims/${claim.seq}/undo`, html`${field("why", "Why", { required: true })}<button>Take back</button>`)}</details>`
  }`;
}

function listPage(context: SignedInContext, before: number): Html {
  const claims = visible(context, readClaims(context.newsroom.log, everything(context), { before, limit: CLAIMS_READ_MAX })).slice(0, CLAIMS_SHOWN);
  return html`<h1>Claims</h1>
<p class="hint">What holds now, the newest first. Taking back is an entry more: what was known before stays as it was.</p>
${
  claims.length === 0
    ? html`<p>None. <a href="/desk/captures">Open a capture</a>, mark a sentence, press <kbd>c</kbd>.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Entry</th><th>About</th><th>What</th><th>Who says it</th><th>Read in</th><th>By</th><th>Public</th><th>Acts</th></tr></thead><tbody>${claims.map(
        (claim) => html`<tr><td>${claim.seq}</td><td><a href="/desk/subjects/${claim.subject}">${claim.subject}</a></td><td>${label(claim)}: <strong>${valueWords(claim)}</strong>, ${claim.hedge}</td><td>${claim.claimant}</td><td><a href="${placeHref(claim.source)}">${locatorText(claim.source.locator).slice(0, 80)}</a></td><td>${claim.by}, ${when(claim.at)}</td><td>${claim.released === undefined ? "no" : "yes"}</td><td>${acts(context, claim)}</td></tr>
`,
      )}</tbody></table></div>
${claims.length === CLAIMS_SHOWN && html`<p><a href="/desk/claims?before=${claims.at(-1)!.seq}" rel="next">Older ones</a></p>`}`
}`;
}

const DID: Record<string, string> = { release: "It is public now, with the record of its source and the place cited.", undo: "It is taken back by an entry more." };

/** Not public, not private, and of no protected source. */
const releasable = (context: SignedInContext, claims: readonly Claim[]): Claim[] =>
  visible(context, claims).filter((claim) => claim.released === undefined && !isPrivateClaim({ kind: "claim", claim }) && findCapture(context.newsroom.log, claim.source.capture)?.is_protected !== true);

function subjectPage(context: SignedInContext, subject: string, did: string | null): Html {
  const { newsroom, who } = context;
  const at = everything(context);
  const claims = visible(context, readClaims(newsroom.log, at, { subject }));
  const kind = kindOf(subject);
  if (claims.length === 0 || !kind) throw new TracewireError("NOT_FOUND", { what: `Nothing is held about “${subject}”` });
  const fields = [...Map.groupBy(claims, (claim) => claim.field)].sort(([, a], [, b]) => b.length - a.length);
  const judgements = readJudgements(newsroom.log, at).filter((judgement) => judgement.subject === subject || judgement.other === subject);
  const choices = listChoicesOn(newsroom.log, subject, at.log_size);
  const raised = runChecksOn(newsroom.log, vantageOf(context, at.log_size), subject).filter((result) => result.subject === subject);
  const open = can(who.user.role, "case.release") ? releasable(context, claims) : [];
  return html`<h1>${subject}</h1>
${did !== null && Object.hasOwn(DID, did) && html`<p class="done" role="status">${DID[did]!}${can(context.who.user.role, "stories.write") && html` What is published and prints it otherwise is in <a href="/desk/moved">What moved</a>.`}</p>
`}<p class="hint">A ${kindSpec(kind).one}. ${claims.length === 1 ? "One claim holds" : `${claims.length} claims hold`} that you may see; which of them a figure chooses, its rules say.</p>
${raised.map(({ check, what }) => html`<div class="finding"><p><strong>${check}</strong> ${what}</p></div>
`)}${open.length > 1 && deskForm(who, `/desk/subjects/${subject}/release`, html`<button>Release all ${open.length} that are not public</button> <small>Readers see each claim, the record of its source, and the place cited; not the document.</small>`)}${fields.filter(([, own]) => !isAlone(own, choices)).map(([, own]) => rivals(context, own, choices))}${alone(context, fields.flatMap(([, own]) => (isAlone(own, choices) ? own : [])))}${leftOut(context, choices)}
<h2>Judgements</h2>
${judgements.map(
    (judgement) => html`<div class="done"><p>${judgement.question === "same" ? html`${judgement.subject} and ${judgement.other ?? ""}: <strong>${VERDICT_WORDS[judgement.verdict]}</strong>` : html`victim named: <strong>${judgement.verdict}</strong>`}, ${judgement.by}, ${when(judgement.at)}. ${judgement.why}</p>${
      can(who.user.role, "case.write") && (judgement.by === who.user.handle || can(who.user.role, "case.release")) && html`<details><summary>Take back</summary>${deskForm(who, `/desk/judgements/${judgement.seq}/undo`, html`${field("why", "Why", { required: true })}<button>Take back</button>`)}</details>`
    }</div>
`,
  )}${judgements.length === 0 && html`<p>None.</p>
`}${
    can(who.user.role, "case.write") &&
    deskForm(
      who,
      "/desk/judgements",
      html`<input type="hidden" name="subject" value="${subject}">
<div class="row">${field("other", "Is it the same as", { required: true, hint: "kind/name" })}${choice("verdict", "Verdict", VERDICTS.map((verdict) => [verdict, VERDICT_WORDS[verdict]] as const), { value: "unsure" })}</div>
${field("why", "Why", { required: true })}<button>Judge</button>
`,
    )
  }`;
}

/** Figures that could count it and do not. */
function leftOut({ publicHref }: SignedInContext, choices: readonly ChoiceOn[]): Html {
  const outside = choices.filter((choice) => choice.outside !== undefined);
  if (outside.length === 0) return html``;
  return html`<details><summary>${outside.length === 1 ? "One figure leaves it out" : `${outside.length} figures leave it out`}</summary><ul>${outside.map((choice) => html`<li><a href="${publicHref(`/figures/${choice.figure}`)}">${choice.title}</a>: ${choice.outside!}</li>`)}</ul></details>
`;
}

/** Nobody says otherwise, and no figure had to choose. */
const isAlone = ([claim, ...others]: readonly Claim[], choices: readonly ChoiceOn[]): boolean =>
  others.length === 0 && !choices.some(({ chosen, not_compared }) => [...chosen, ...not_compared].some((taken) => taken.claim === claim!.seq));

function alone(context: SignedInContext, claims: readonly Claim[]): Html {
  if (claims.length === 0) return html``;
  return html`<h2>Said once</h2>
<div class="scroll" tabindex="0"><table><thead><tr><th>What</th><th>Value</th><th>Who says it</th><th>Claimed on</th><th>Read in</th><th>Entry</th><th>Acts</th></tr></thead><tbody>${claims.map(
    (claim) => html`<tr><th scope="row">${label(claim)}</th><td>${valueWords(claim)}, ${claim.hedge}</td><td>${claim.claimant}</td><td>${claim.as_of}</td><td><a href="${placeHref(claim.source)}">${locatorText(claim.source.locator).slice(0, 60)}</a></td><td>${claim.seq}, ${claim.by}, ${claim.released === undefined ? "not public" : "public"}</td><td>${acts(context, claim)}</td></tr>
`,
  )}</tbody></table></div>
`;
}

/** One field's claims as columns: what they agree and differ in stands in one line. */
function rivals(context: SignedInContext, claims: readonly Claim[], choices: readonly ChoiceOn[]): Html {
  const own = new Set(claims.map(({ seq }) => seq));
  const counting = choices.filter((choice) => [...choice.chosen, ...choice.not_compared].some(({ claim }) => own.has(claim)) || choice.beside.some((seq) => own.has(seq)));
  const figure = ({ figure: id, title }: ChoiceOn) => html`<a href="${context.publicHref(`/figures/${id}`)}">${title}</a>`;
  const said = (found: readonly { choice: ChoiceOn; why?: string }[]) => {
    const list = found.length === 0 ? "" : html`<ul class="plain">${found.map(({ choice, why }) => html`<li>${figure(choice)}${why !== undefined && html`<small>${why}</small>`}</li>`)}</ul>`;
    // A column of a dozen figures would push what is compared apart.
    return found.length < 2 ? list : html`<details><summary>${found.length} figures</summary>${list}</details>`;
  };
  const of = (seq: number, list: "chosen" | "not_compared") => said(counting.flatMap((choice) => choice[list].filter(({ claim }) => claim === seq).map(({ why }) => ({ choice, why }))));
  const lines: [string, (claim: Claim) => Html | string][] = [
    ["Value", (claim) => html`<span class="value">${valueWords(claim)}</span>`],
    ["Who says it", (claim) => claim.claimant + (claim.cites ? `, citing ${claim.cites.join(" and ")}` : "")],
    ["In which words", (claim) => `${claim.hedge}${claim.bound ? `, ${claim.bound.replace("_", " ")}` : ""}`],
    ["Claimed on", (claim) => claim.as_of],
    ["Counts", (claim) => [claim.valuation && `valued ${claim.valuation.basis.replaceAll("_", " ")}`, claim.measure, claim.part_of && `only ${claim.part_of}`, claim.period].filter(Boolean).join(", ")],
    ["Document", (claim) => claim.document ?? ""],
    ["Read in", (claim) => html`<a href="${placeHref(claim.source)}">${locatorText(claim.source.locator).slice(0, 60)}</a>`],
    ["Entry", (claim) => html`${claim.seq}, ${claim.by}, ${claim.released === undefined ? "not public" : "public"}`],
    ...(counting.length > 0
      ? ([
          ["Taken by", (claim) => of(claim.seq, "chosen")],
          ["In the range of", (claim) => said(counting.filter((choice) => choice.beside.includes(claim.seq)).map((choice) => ({ choice })))],
          ["Not compared by", (claim) => of(claim.seq, "not_compared")],
        ] satisfies typeof lines)
      : []),
    ["Acts", (claim) => acts(context, claim)],
  ];
  return html`<h2>${label(claims[0]!)}</h2>
<div class="scroll" tabindex="0"><table class="rivals"><tbody>${lines
    .map(([name, show]) => ({ name, cells: claims.map(show) }))
    .filter(({ cells }) => cells.some((cell) => (typeof cell === "string" ? cell : cell.markup) !== ""))
    .map(({ name, cells }) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`)}</tbody></table></div>
`;
}

const nearWords = (near: readonly string[]): string => (near.length === 0 ? "Write it as kind/name, such as theft/2023-09-04-stake; Claims lists what is held." : `Held are: ${near.join(", ")}.`);

export const claimRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/claims",
    about: "Claims that hold, the newest first.",
    rule: { for: "case.read" },
    query: ["before"],
    run: (context, { query }) => ({ title: "Claims", page: listPage(context, Number(query.get("before")) || Number.MAX_SAFE_INTEGER), wide: true }),
  }),
  deskRoute({
    method: "POST",
    path: "/claims/:claim/undo",
    about: "Takes a claim back by an entry more.",
    rule: { for: "case.write", object: "own claim" },
    form: Type.Object({ why: WHY }, { additionalProperties: false }),
    run(context, { params, form }) {
      const { newsroom, write, who } = context;
      const seq = Number(params.claim);
      const { subject } = readClaim(newsroom.log, seq)!;
      write("claim.undo", `entry ${seq}`, (transaction, { log }) => appendInverse(transaction, log, seq, form.why, who.user.handle));
      const isLeft = visible(context, readClaims(newsroom.log, everything(context), { subject })).length > 0;
      return { go: isLeft ? `/desk/subjects/${subject}?did=undo` : "/desk/claims" };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/claims/:claim/release",
    about: "Makes a claim and the record of its capture public.",
    rule: { for: "case.release", object: "claim" },
    run({ newsroom, write, who }, { params }) {
      const claim = readClaim(newsroom.log, Number(params.claim))!;
      requireReleasable(claim);
      write("claim.release", `entry ${claim.seq}`, (transaction) => appendRelease(transaction, [claim.seq, claim.source.capture], [], who.user.handle));
      return { go: `/desk/subjects/${claim.subject}?did=release` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/subjects/:kind/:name/release",
    about: "Makes all claims on a subject public that one sees and that may be, in one change.",
    rule: { for: "case.release" },
    run(context, { params }) {
      const subject = `${params.kind!}/${params.name!}`;
      const open = releasable(context, readClaims(context.newsroom.log, everything(context), { subject }));
      if (open.length === 0) throw new TracewireError("NOT_FOUND", { what: `Nothing about “${subject}” waits to be released` });
      const entries = [...new Set(open.flatMap(({ seq, source }) => [seq, source.capture]))];
      context.write("claim.release", subject, (transaction) => appendRelease(transaction, entries, [], context.who.user.handle));
      return { go: `/desk/subjects/${subject}?did=release` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/subjects/:kind/:name",
    about: "One subject: rival claims side by side, checks, judgements.",
    rule: { for: "case.read" },
    query: ["did"],
    run: (context, { params, query }) => ({ title: `${params.kind!}/${params.name!}`, page: subjectPage(context, `${params.kind!}/${params.name!}`, query.get("did")), wide: true }),
  }),
  deskRoute({
    method: "POST",
    path: "/judgements",
    about: "Judges two subjects: the same, not the same, unsure.",
    rule: { for: "case.write" },
    form: Type.Object({ subject: Type.String({ maxLength: 150 }), other: Type.String({ maxLength: 150 }), verdict: oneOf(VERDICTS), why: WHY }, { additionalProperties: false }),
    run(context, { form }) {
      for (const name of [form.subject, form.other])
        if (visible(context, readClaims(context.newsroom.log, everything(context), { subject: name, limit: CLAIMS_READ_MAX })).length === 0)
          throw new TracewireError("NOT_FOUND", { what: `There is no claim on “${name}”`, where: "other", hint: nearWords(subjectsNear(context.newsroom.log, everything(context), kindOf(name) ? name : `${kindOf(form.subject) ?? "theft"}/${name}`)) });
      context.write("judgement.add", form.subject, (transaction) => appendJudgement(transaction, { question: "same", ...form }, context.who.user.handle));
      return { go: `/desk/subjects/${form.subject}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/judgements/:judgement/undo",
    about: "Takes a judgement back by an entry more.",
    rule: { for: "case.write", object: "own judgement" },
    form: Type.Object({ why: WHY }, { additionalProperties: false }),
    run({ newsroom, write, who }, { params, form }) {
      const seq = Number(params.judgement);
      const { subject } = findJudgement(newsroom.log, seq)!;
      write("judgement.undo", `entry ${seq}`, (transaction, { log }) => appendInverse(transaction, log, seq, form.why, who.user.handle));
      return { go: `/desk/subjects/${subject}` };
    },
  }),
];
