// Captures, and reading claims out of one: its text and the original (captured.ts), and a claim half filled in. The checks answer
// before anything is saved; what they raise is shown, and saved only when it was seen.
import Type from "typebox";
import { readClaims, type Claim, type Foreseen } from "../../casefile/casefile.ts";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { canBeDrawn, findCapture, listCaptures, type Capture } from "../../evidence/evidence.ts";
import { html, joinHtml, nothing, type Html } from "../../site/site.ts";
import { fillFromRow } from "../table-form.ts";
import { capturedPanes, drawnOnly, markOf, regionsOn, unreadable, type Look } from "../captured.ts";
import { actObject, CLAIM_FIELDS, checkClaim, claimFields, ClaimForm, claimOf, fillIn, placeAt, saveClaim, slipsIn } from "../claim-form.ts";
import { deskScript } from "../desk-assets.ts";
import { deskForm, when } from "../frame.ts";
import { seesCapture } from "../objects.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

const CAPTURES_SHOWN = 100;
/** What the next claim of the same capture is likely to share with the one that was saved. */
const KEPT_FIELDS = ["subject", "claimant", "document"] as const;
const SHOWN_FIELDS = ["from", "original", "rows", "table", "row", "column", "quote", "page", "paragraph", "region", ...KEPT_FIELDS, "saved"] as const;

const captureOf = ({ newsroom }: SignedInContext, params: Record<string, string>): Capture => findCapture(newsroom.log, Number(params.capture))!;

const claimsOf = ({ newsroom: { log } }: SignedInContext, { seq }: Capture): Claim[] => readClaims(log, { log_size: log.size(), evidence: "all" }, { capture: seq });

function listPage({ newsroom, who }: SignedInContext, before: number): Html {
  const seen = listCaptures(newsroom.log).filter((capture) => capture.seq < before && seesCapture(who, capture));
  const shown = seen.slice(-CAPTURES_SHOWN).reverse();
  return html`<h1>Captures</h1>
${
  shown.length === 0
    ? html`<p>Nothing is captured yet. <a href="/desk/inbox">Take a document in the inbox</a>.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Entry</th><th>What</th><th>Grades</th><th>By</th><th>When</th><th>Public</th></tr></thead><tbody>${shown.map(
        (capture) => html`<tr><td>${capture.seq}</td><td><a href="/desk/captures/${capture.seq}">${capture.title}</a>${capture.is_protected && " (protected)"}</td><td>${capture.source_grade}${capture.item_grade}, ${capture.grade}</td><td>${capture.by}</td><td>${when(capture.at)}</td><td>${capture.released === undefined ? "no" : "yes"}</td></tr>
`,
      )}</tbody></table></div>
${seen.length > shown.length && html`<p><a href="/desk/captures?before=${shown.at(-1)!.seq}" rel="next">Older ones</a></p>`}`
}`;
}

type Shown = { form: ClaimForm; look?: Look; note?: Html; checked?: Foreseen; saved?: number };

async function capturePage(context: SignedInContext, capture: Capture, { form, look = { from: 0 }, note = nothing, checked, saved }: Shown): Promise<DeskAnswer> {
  const text = await context.readText(capture);
  const claims = claimsOf(context, capture);
  const { panes, count } = await capturedPanes(context, capture, text, { form, claims, look });
  const action = `/desk/captures/${capture.seq}/claims`;
  const claimForm = html`<section class="pane-form" aria-label="A claim" id="claim">
${note}${text.outcome === "unreadable" && drawnOnly(text)}${deskForm(
    context.who,
    action,
    html`${claimFields(context, form)}${checked && html`${findings(checked)}<input type="hidden" name="seen" value="${fingerprint(checked)}">
`}<div data-answers role="status"></div>
<p><button name="act" value="fill" data-key="w" data-key-words="Fill in from the words" formnovalidate>Fill in from the words</button> <button name="act" value="check" data-key="k" data-key-words="Check the claim">Check</button> <button class="main-act" name="act" value="save" data-key="s" data-key-words="Save the claim">${checked && checked.findings.length > 0 ? "Save all the same" : "Save"}</button></p>
`,
    { className: "claim" },
  )}</section>
`;
  const page = html`<h1>${capture.title}</h1>
<p class="hint">Entry ${capture.seq}, captured ${when(capture.at)} by ${capture.by}; ${capture.grade}, source ${capture.source_grade}, item ${capture.item_grade}; <code>${capture.sha256.slice(0, 16)}</code>. <a href="/desk/captures/${capture.seq}/bytes">Its bytes</a>. ${claims.length === 1 ? "One claim was" : `${claims.length} claims were`} read out of it.${!capture.is_protected && capture.bytes_released === undefined && can(context.who.user.role, "case.release") && html` <a href="/desk/release?ids=${capture.seq}">Release it</a>.`}${can(context.who.user.role, "case.erase") && html` <a href="/desk/erase?ids=${capture.seq}&amp;claims=yes">Erase it</a>.`}</p>
${capture.is_protected && html`<p class="finding"><strong>Its source is protected.</strong> You and editors see it and what is read from it, nobody else; neither it nor a claim read from it is ever released.</p>
`}${saved !== undefined && html`<p class="done" role="status">Saved as entry ${saved}. ${!capture.is_protected && "Readers do not see it until it is released. "}Whom it is about and who says it stay for the next one. <a href="/desk/claims">Claims</a></p>
`}<div class="${count === 2 ? "panes three" : "panes"}">${panes}${text.outcome === "unreadable" && !canBeDrawn(capture.media_type.sniffed) ? unreadable(text) : claimForm}</div>
${deskScript("claim.js")}`;
  return { title: capture.title, page, wide: true };
}

function findings({ findings: raised, rivals, held }: Foreseen): Html {
  return html`${held !== undefined && html`<div class="finding"><p>This very claim is held already: entry ${held}.</p></div>
`}${raised.map(({ check, what }) => html`<div class="finding"><p><strong>${check}</strong> ${what}</p></div>
`)}${
    rivals.length > 0 &&
    html`<div class="finding"><p>Others say: ${joinHtml(rivals.slice(0, 6).map((claim) => html`${claim.claimant} ${claim.value} ${claim.unit ?? ""} (${claim.hedge})`), "; ")}. <a href="/desk/subjects/${rivals[0]!.subject}">Side by side</a></p></div>
`
  }${raised.length === 0 && held === undefined && html`<p class="done">No check raises anything.</p>
`}`;
}

/** What was shown before saving: other findings since then are shown again. */
const fingerprint = ({ findings: raised }: Foreseen): string => raised.map(({ check, what }) => `${check} ${what}`).join("\n").slice(0, 2_000);

/** What is wrong with a claim is an answer here, not a fault. */
function orProblem<T>(read: () => T): { value: T } | { problem: TracewireError } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof TracewireError && ["BAD_CLAIM", "LOCATOR_NOT_FOUND", "CAPTURE_UNREADABLE"].includes(error.code)) return { problem: error };
    throw error;
  }
}

const onlyFilled = (form: Record<string, unknown>): ClaimForm => Object.fromEntries(Object.entries(form).filter(([name]) => Object.hasOwn(CLAIM_FIELDS, name))) as ClaimForm;

export const captureRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/captures",
    about: "All captures, the newest first.",
    rule: { for: "case.read" },
    query: ["before"],
    run: (context, { query }) => ({ title: "Captures", page: listPage(context, Number(query.get("before")) || Number.MAX_SAFE_INTEGER), wide: true }),
  }),
  deskRoute({
    method: "GET",
    path: "/captures/:capture",
    about: "A capture's text with its places, and a claim to be read out of it.",
    rule: { for: "case.read", object: "capture" },
    query: SHOWN_FIELDS,
    async run(context, { params, query }) {
      const form = onlyFilled(Object.fromEntries([...query].filter(([, value]) => value !== "")));
      const saved = Number(query.get("saved")) || undefined;
      const count = (name: string) => (/^\d{1,7}$/.test(query.get(name) ?? "") ? Number(query.get(name)) : undefined);
      const capture = captureOf(context, params);
      return capturePage(context, capture, { form: fillFromRow(form, await context.readText(capture)), look: { from: count("from") ?? 0, original: count("original"), rows: count("rows") }, saved });
    },
  }),
  deskRoute({
    method: "GET",
    path: "/captures/:capture/pages/:page",
    about: "A page of a captured PDF, or a captured picture, as it looks: drawn anew from bare pixels.",
    rule: { for: "case.read", object: "capture" },
    async run(context, { params }) {
      if (!/^[1-9]\d{0,4}$/.test(params.page!)) throw new TracewireError("NOT_FOUND", { what: "There is no such page" });
      const drawn = await context.originals.picture(captureOf(context, params), Number(params.page));
      if (drawn.outcome === "refused") throw new TracewireError("NOT_FOUND", { what: `There is no picture of it: ${drawn.reason}` });
      return { picture: drawn.png };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/captures/:capture/bytes",
    about: "A capture's bytes, as an attachment.",
    rule: { for: "case.read", object: "capture" },
    run(context, { params }) {
      const capture = captureOf(context, params);
      const bytes = context.newsroom.blobs.get(capture.sha256);
      if (!bytes) throw new TracewireError("NOT_FOUND", { what: "Its bytes are not here" });
      context.record("capture.bytes", `capture ${capture.seq}`);
      return { file: { name: capture.origin.from === "url" ? `capture-${capture.seq}` : capture.origin.name, type: "application/octet-stream", bytes } };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/captures/:capture/claims",
    about: "Fills in, checks, or saves a claim.",
    rule: { for: "case.write", object: "capture" },
    form: Type.Object(
      { ...CLAIM_FIELDS, act: Type.Union([Type.Literal("fill"), Type.Literal("check"), Type.Literal("save")]), seen: Type.Optional(Type.String({ maxLength: 4_000 })) },
      { additionalProperties: false },
    ),
    async run(context, { params, form: { act, seen, ...form } }) {
      const capture = captureOf(context, params);
      const text = await context.readText(capture);
      if (act === "fill") return capturePage(context, capture, { form: fillIn(form, text) });
      const read = orProblem(() => claimOf(form, capture, text));
      if ("problem" in read) {
        // What was typed stays where it is, with what is wrong beside it.
        const note = html`<div class="finding" role="alert"><p><strong>${read.problem.message}.</strong> ${read.problem.hint}</p></div>
`;
        return { ...(await capturePage(context, capture, { form, note })), status: read.problem.status };
      }
      const claim = read.value;
      const checked = checkClaim(context, claim, text);
      if (act === "check" || (checked.findings.length > 0 && seen?.replaceAll("\r\n", "\n") !== fingerprint(checked))) return capturePage(context, capture, { form, checked });
      const seq = context.write("claim.add", actObject(capture, claim.subject), (transaction) => saveClaim(context, transaction, claim));
      const kept = KEPT_FIELDS.flatMap((name) => (form[name] === undefined ? [] : [[name, form[name]]]));
      return { go: `/desk/captures/${capture.seq}?${new URLSearchParams([...kept, ["saved", String(seq)]])}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/captures/:capture/fill",
    about: "What the marked words say, for the page's script.",
    rule: { for: "case.write", object: "capture" },
    form: ClaimForm,
    async run(context, { params, form }) {
      return { json: fillIn(form, await context.readText(captureOf(context, params))) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/captures/:capture/regions",
    about: "Where marked words stand on a page of the original, for the page's script.",
    rule: { for: "case.read", object: "capture" },
    form: Type.Object({ quote: CLAIM_FIELDS.quote, page: CLAIM_FIELDS.page, paragraph: CLAIM_FIELDS.paragraph, region: CLAIM_FIELDS.region }, { additionalProperties: false }),
    async run(context, { params, form }) {
      const capture = captureOf(context, params);
      const text = await context.readText(capture);
      const mark = markOf(text, form);
      const page = Number((mark && text.outcome === "text" ? placeAt(text, mark.start).page : undefined) ?? form.page ?? 1);
      const [read, marks] = await regionsOn(context, capture, text, page, { claims: claimsOf(context, capture), mark, region: form.region });
      return { json: { page, read, marks } };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/captures/:capture/check",
    about: "What the checks say while it is typed, for the page's script.",
    rule: { for: "case.write", object: "capture" },
    form: ClaimForm,
    async run(context, { params, form }) {
      const capture = captureOf(context, params);
      const text = await context.readText(capture);
      const claim = orProblem(() => claimOf(form, capture, text));
      // Half a claim is what a form holds while it is typed.
      if ("problem" in claim) return { json: { problem: `${claim.problem.message}. ${claim.problem.hint}` } };
      const { findings: raised, rivals, held } = checkClaim(context, claim.value, text);
      return {
        json: {
          findings: raised.map(({ check, what }) => ({ check, what })),
          rivals: rivals.map(({ claimant, value, unit, hedge }) => ({ claimant, value, unit, hedge })),
          held: held ?? null,
          slips: slipsIn(context, claim.value),
          seen: fingerprint({ findings: raised, rivals, held }),
        },
      };
    },
  }),
];
