// Captures, and reading claims out of one: its text with its places on one side, a claim half filled in on the other. The
// checks answer before anything is saved; what they raise is shown, and saved only when it was seen.
import Type from "typebox";
import { readClaims, type Claim } from "../../casefile/casefile.ts";
import { TracewireError } from "../../errors.ts";
import { findCapture, listCaptures, resolveLocator, rowValues, type Capture, type Extraction } from "../../evidence/evidence.ts";
import { html, joinHtml, nothing, type Html } from "../../site/site.ts";
import { actObject, CLAIM_FIELDS, checkClaim, claimFields, ClaimForm, claimOf, fillIn, saveClaim, type Checked } from "../claim-form.ts";
import { deskAssetHref } from "../desk-assets.ts";
import { deskForm, when } from "../frame.ts";
import { seesCapture } from "../objects.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

const CAPTURES_SHOWN = 100;
const PARAGRAPHS_SHOWN = 300;
const TABLE_ROWS_SHOWN = 200;
const SHOWN_FIELDS = ["from", "table", "row", "quote", "page", "paragraph", "saved"] as const;

const captureOf = ({ newsroom }: SignedInContext, params: Record<string, string>): Capture => findCapture(newsroom.log, Number(params.capture))!;

function listPage({ newsroom, who }: SignedInContext, before: number): Html {
  const seen = listCaptures(newsroom.log).filter((capture) => capture.seq < before && seesCapture(who, capture));
  const shown = seen.slice(-CAPTURES_SHOWN).reverse();
  return html`<h1>Captures</h1>
${
  shown.length === 0
    ? html`<p>Nothing is captured yet. <a href="/desk/inbox">Take a document in the inbox</a>.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Entry</th><th>What</th><th>Grades</th><th>By</th><th>When</th><th>Public</th></tr></thead><tbody>${shown.map(
        (capture) => html`<tr><td><a href="/desk/captures/${capture.seq}">${capture.seq}</a></td><td>${capture.title}${capture.is_protected && " (protected)"}</td><td>${capture.source_grade}${capture.item_grade}, ${capture.grade}</td><td>${capture.by}</td><td>${when(capture.at)}</td><td>${capture.released === undefined ? "no" : "yes"}</td></tr>
`,
      )}</tbody></table></div>
${seen.length > shown.length && html`<p><a href="/desk/captures?before=${shown.at(-1)!.seq}" rel="next">Older ones</a></p>`}`
}`;
}

type Shown = { form: ClaimForm; from: number; note?: Html; checked?: Checked; saved?: number };

async function capturePage(context: SignedInContext, capture: Capture, { form, from, note = nothing, checked, saved }: Shown): Promise<DeskAnswer> {
  const text = await context.readText(capture);
  const claims = readClaims(context.newsroom.log, { log_size: context.newsroom.log.size(), evidence: "all" }, { capture: capture.seq });
  const action = `/desk/captures/${capture.seq}/claims`;
  const page = html`<h1>${capture.title}</h1>
<p class="hint">Entry ${capture.seq}, captured ${when(capture.at)} by ${capture.by}; ${capture.grade}, source ${capture.source_grade}, item ${capture.item_grade}; <code>${capture.sha256.slice(0, 16)}</code>. <a href="/desk/captures/${capture.seq}/bytes">Its bytes</a>. ${claims.length === 1 ? "One claim was" : `${claims.length} claims were`} read out of it.</p>
${saved !== undefined && html`<p class="done" role="status">Saved as entry ${saved}. Readers do not see it until it is released. <a href="/desk/claims">Claims</a></p>
`}<div class="panes"><section class="captured" aria-label="Its text" data-captured>
${shownText(capture, text, from, form, claims)}</section>
<section class="pane-form" aria-label="A claim" id="claim">
${note}${deskForm(
    context.who,
    action,
    html`${claimFields(context, form)}${checked && html`${findings(checked)}<input type="hidden" name="seen" value="${fingerprint(checked)}">
`}<div data-answers role="status"></div>
<p><button name="act" value="fill" data-key="w" data-key-words="Fill in from the words" formnovalidate>Fill in from the words</button> <button name="act" value="check" data-key="k" data-key-words="Check the claim">Check</button> <button class="main-act" name="act" value="save" data-key="s" data-key-words="Save the claim">${checked && checked.findings.length > 0 ? "Save all the same" : "Save"}</button></p>
`,
    { className: "claim" },
  )}</section></div>
<script type="module" src="${deskAssetHref("claim.js")}"></script>`;
  return { title: capture.title, page, wide: true };
}

function shownText(capture: Capture, text: Extraction, from: number, form: ClaimForm, claims: readonly Claim[]): Html {
  if (text.outcome === "unreadable") return html`<p><a></a><span>No text could be read: ${text.reason}. A claim needs a place in a text; capture a readable copy.</span></p>`;
  const { pages = [], paragraphs, tables = [] } = text;
  const starts = paragraphs.length > 0 ? paragraphs : [0];
  const shown = starts.slice(from, from + PARAGRAPHS_SHOWN);
  const mark = form.quote === undefined ? undefined : resolveLocator(text, { quote: form.quote });
  const rows = tables.length > 0 ? tables.map((table, at) => tablePart(capture, text, table, at + 1)) : [];
  const more = (start: number, words: string) => html`<p><a></a><span><a href="/desk/captures/${capture.seq}?from=${start}">${words}</a></span></p>
`;
  return html`${rows}${from > 0 && more(Math.max(0, from - PARAGRAPHS_SHOWN), "Earlier paragraphs")}${shown.map((start, index) => {
    const end = starts[from + index + 1] ?? text.text.length;
    const page = pages.findLastIndex((offset) => offset <= start);
    const first = pages[page] ?? 0;
    const number = starts.slice(0, from + index + 1).filter((offset) => offset >= first).length;
    const isPageStart = page >= 0 && (index === 0 || starts[from + index - 1]! < first);
    const read = claims.filter(({ source }) => source.locator.paragraph === number && (source.locator.page ?? 0) === (page < 0 ? 0 : page + 1));
    return html`${isPageStart && html`<span class="page">Page ${page + 1}</span>
`}<p data-paragraph="${number}"${page >= 0 && html` data-page="${page + 1}"`} id="p${from + index + 1}"><a href="#p${from + index + 1}">${number}${read.length > 0 && html` ·${read.length}`}</a><span>${marked(text.text.slice(start, end).trimEnd(), start, mark)}</span></p>
`;
  })}${from + PARAGRAPHS_SHOWN < starts.length && more(from + PARAGRAPHS_SHOWN, "Later paragraphs")}`;
}

/** The marked words stand out where they are in this paragraph. */
function marked(paragraph: string, start: number, mark: ReturnType<typeof resolveLocator> | undefined): Html {
  if (!mark?.found || mark.end <= start || mark.start >= start + paragraph.length) return html`${paragraph}`;
  const [from, to] = [Math.max(0, mark.start - start), Math.min(paragraph.length, mark.end - start)];
  return html`${paragraph.slice(0, from)}<mark>${paragraph.slice(from, to)}</mark>${paragraph.slice(to)}`;
}

/** A row's number leads to a claim from that row; its cells are the columns to choose from. */
function tablePart(capture: Capture, text: Extract<Extraction, { outcome: "text" }>, table: NonNullable<Extract<Extraction, { outcome: "text" }>["tables"]>[number], number: number): Html {
  const rows = table.rows.filter(({ row }) => row > 0);
  return html`<div class="scroll" tabindex="0"><table data-table="${number}"><caption>Table ${number}, ${rows.length} rows</caption><thead><tr><th>Row</th>${table.header.map((heading) => html`<th>${heading}</th>`)}</tr></thead><tbody>${rows.slice(0, TABLE_ROWS_SHOWN).map(
    (row) => html`<tr><th scope="row"><a href="/desk/captures/${capture.seq}?table=${number}&amp;row=${row.row}#claim">${row.row}</a></th>${rowValues(text.text, row).map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>
`;
}

function findings({ findings: raised, rivals, held }: Checked): Html {
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
const fingerprint = ({ findings: raised }: Checked): string => raised.map(({ check, what }) => `${check} ${what}`).join("\n").slice(0, 2_000);

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
    run(context, { params, query }) {
      const form = onlyFilled(Object.fromEntries([...query].filter(([, value]) => value !== "")));
      const saved = Number(query.get("saved")) || undefined;
      return capturePage(context, captureOf(context, params), { form, from: Math.trunc(Number(query.get("from"))) || 0, saved });
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
      if (act === "fill") return capturePage(context, capture, { form: fillIn(form, text), from: 0 });
      const read = orProblem(() => claimOf(form, capture, text));
      if ("problem" in read) {
        // What was typed stays where it is, with what is wrong beside it.
        const note = html`<div class="finding" role="alert"><p><strong>${read.problem.message}.</strong> ${read.problem.hint}</p></div>
`;
        return { ...(await capturePage(context, capture, { form, from: 0, note })), status: read.problem.status };
      }
      const claim = read.value;
      const checked = checkClaim(context, claim);
      if (act === "check" || (checked.findings.length > 0 && seen?.replaceAll("\r\n", "\n") !== fingerprint(checked))) return capturePage(context, capture, { form, from: 0, checked });
      const { seq } = context.write("claim.add", actObject(capture, claim.subject), (transaction) => saveClaim(context, transaction, claim));
      return { go: `/desk/captures/${capture.seq}?saved=${seq}` };
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
      const { findings: raised, rivals, held } = checkClaim(context, claim.value);
      return {
        json: {
          findings: raised.map(({ check, what }) => ({ check, what })),
          rivals: rivals.map(({ claimant, value, unit, hedge }) => ({ claimant, value, unit, hedge })),
          held: held ?? null,
        },
      };
    },
  }),
];
