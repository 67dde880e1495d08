// Monitors' reports at the desk: their text in the same form that the command reads, checked with the place of each mistake,
// built in a process of its own, looked at, handed out, and said in the log. The same as `tracewire report`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { lineChanges, readableChanges, type LintFinding } from "../../press/press.ts";
import { checkReport, issueReport, listIssuedReports, openReportTexts, parsePrevious, parseReportSpec, type ReportText, type ReportTexts } from "../../reports/reports.ts";
import { html, type Html } from "../../site/site.ts";
import { area, deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";
import { GIVEN_FILE, MADE_FOLDER } from "../work-jobs.ts";
import { ownWorks } from "./works.ts";

const TEXT_ROWS = 28;
const VERSIONS_SHOWN = 40;
const gone = () => new TracewireError("NOT_FOUND", { what: "Its files have made room, or something was erased since", hint: "Build it again." });
const VERSION = Type.String({ pattern: "^\\d{1,6}$" });
const BEGINNING = `title: What the report is called
symbol: TW/2026/1
desk: Who reports
period: 2024-01-01/2024-12-31
language: en
summary: >-
  What is new, in two sentences. A number comes in as {{figure-name}}.
sections:
  - title: What was reported
    paragraphs:
      - A paragraph. Each is numbered when the report is built.
`;

function withTexts<T>({ newsroom, effects }: SignedInContext, use: (texts: ReportTexts) => T): T {
  const texts = openReportTexts(newsroom.folder, effects);
  try {
    return use(texts);
  } finally {
    texts.close();
  }
}

function listPage(context: SignedInContext): Html {
  const texts = withTexts(context, (store) => store.list());
  const issued = listIssuedReports(context.newsroom.log);
  return html`<h1>Reports</h1>
<p class="hint">Reports of one's own, built from a text and a state of the log. What the case file knows of other people's reports stands at <a href="${context.publicHref("/reports")}">/reports</a>.</p>
${can(context.who.user.role, "case.write") && html`<p><a href="/desk/reports/begin" data-key="n">Begin a report</a></p>
`}${
    texts.length === 0
      ? html`<p>No text is kept yet.</p>
`
      : html`<div class="scroll" tabindex="0"><table><caption>Texts</caption><thead><tr><th>Symbol</th><th>Title</th><th class="num">Version</th><th>By</th><th>When</th></tr></thead><tbody>${texts.map(
          ({ report, symbol, title, version, by, at }) => html`<tr><td><a href="/desk/reports/texts/${report}">${symbol}</a></td><td>${title}</td><td class="num">${version}</td><td>${by}</td><td>${when(at)}</td></tr>
`,
        )}</tbody></table></div>
`
  }${issued.length > 0 && html`<div class="scroll" tabindex="0"><table><caption>Handed out</caption><thead><tr><th>Symbol</th><th>Title</th><th>When</th><th>As of log size</th><th>Entry</th><th>Its text</th></tr></thead><tbody>${issued.map(
    ({ seq, symbol, title, at, log_size }) => html`<tr><td>${symbol}</td><td>${title}</td><td>${when(at)}</td><td>${log_size}</td><td><a href="${context.publicHref(`/log/${seq}`)}">${seq}</a></td><td><a href="/desk/reports/begin?of=${seq}">Open it</a></td></tr>
`,
  )}</tbody></table></div>
<p class="hint">When the evidence moves a number of one, it stands in <a href="/desk/moved">What moved</a>.</p>
`}${ownWorks(context, ["report"])}`;
}

type Looked = { findings: LintFinding[]; size: number } | TracewireError;

/** What the file would be told by `tracewire report check`, at the newest state. */
function look({ newsroom: { log } }: SignedInContext, text: string): Looked {
  try {
    const parsed = parseReportSpec(text, "line");
    const size = log.size();
    return { findings: log.snapshot(() => checkReport(log, parsed, size)), size };
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    return error;
  }
}

function lookPart(found: Looked): Html {
  // “line:12” is the place in the text.
  if (found instanceof TracewireError) return html`<div class="finding" role="alert"><p><strong>${found.where?.replace(/^line:/, "Line ") ?? "It cannot be read"}:</strong> ${found.message}. ${found.hint}</p></div>
`;
  if (found.findings.length === 0) return html`<p class="done" role="status">Nothing is open, as of log size ${found.size}.</p>
`;
  return html`<div class="finding" role="alert"><p>Open, before it may be built: ${found.findings.length}</p><ul>${found.findings.map(({ place, what, rule, fix }) => html`<li>${place.replace(/^line:/, "Line ")}: ${what} <small>${fix} [${rule}]</small></li>
`)}</ul></div>
`;
}

const textForm = (context: SignedInContext, { text, base }: { text: string; base: number }): Html =>
  can(context.who.user.role, "case.write")
    ? deskForm(
        context.who,
        "/desk/reports",
        html`<input type="hidden" name="base" value="${base}">${area("text", "Its text", { value: text, rows: TEXT_ROWS, required: true, hint: "YAML, as docs/reports.md has it: the same file that tracewire report reads." })}<p><button name="act" value="check" data-key="k">Check</button> <button class="main-act" name="act" value="save" data-key="s">Save</button></p>
`,
      )
    : html`<pre class="scroll" tabindex="0">${text}</pre>
`;

function textPage(context: SignedInContext, shown: ReportText, newest: number, versions: readonly Omit<ReportText, "text">[], saved: boolean): Html {
  const path = `/desk/reports/texts/${shown.report}`;
  const isNewest = shown.version === newest;
  return html`<h1>${shown.symbol}</h1>
${saved && html`<p class="done" role="status">Saved as version ${shown.version}.</p>
`}<p class="hint">${shown.title}. Version ${shown.version} by ${shown.by}, ${when(shown.at)}. <a href="/desk/reports">Reports</a></p>
${!isNewest && html`<p class="finding">This is an older version; <a href="${path}">the newest is ${newest}</a>. Saving it makes it the newest.</p>
`}${lookPart(look(context, shown.text))}${textForm(context, { text: shown.text, base: newest })}${
    can(context.who.user.role, "case.write") &&
    html`<h2>Build it</h2>
${deskForm(
  context.who,
  `${path}/build`,
  html`<input type="hidden" name="version" value="${shown.version}"><div class="row">${field("at", "As of log size", { pattern: "\\d{1,9}", hint: "The newest without it." })}<label class="field"><span>The report.json before</span><input type="file" name="file"><small>Where the text names a previous one: Annex E lists what changed.</small></label></div>
<label class="check"><input type="checkbox" name="draft" value="yes" checked> Marked as a draft at the head of each page; one that is to be handed out is not</label>
<button class="main-act" data-key="b">Build version ${shown.version}</button>`,
  { upload: true },
)}`
  }<h2>Versions</h2>
<ul class="plain">${versions.slice(0, VERSIONS_SHOWN).map(({ version, by, at }) => html`<li><a href="${path}?version=${version}">${version}</a>, ${by}, ${when(at)}</li>
`)}</ul>${ownWorks(context, ["report"])}`;
}

/** Nothing is overwritten, and nothing that was typed is lost. */
function conflictPage(context: SignedInContext, text: string, error: TracewireError): DeskAnswer {
  const { symbol } = parseReportSpec(text, "line").spec;
  const there = withTexts(context, (store) => store.list().map(({ report }) => store.find(report)!).find((one) => one.symbol === symbol));
  const changes = there ? readableChanges(lineChanges(there.text, text.replaceAll("\r\n", "\n"))) : "";
  return {
    status: error.status,
    title: symbol,
    wide: true,
    page: html`<h1>${symbol}</h1>
<div class="finding" role="alert"><p><strong>${error.message}.</strong> ${error.hint}</p></div>
${there && html`<p>What is there (-) beside yours (+):</p>
<pre class="scroll" tabindex="0">${changes}</pre>
`}${textForm(context, { text, base: there?.version ?? 0 })}`,
  };
}

export const reportRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/reports",
    about: "Texts of reports that are kept, and reports that were handed out.",
    rule: { for: "case.read" },
    run: (context) => ({ title: "Reports", wide: true, page: listPage(context) }),
  }),
  deskRoute({
    method: "GET",
    path: "/reports/begin",
    about: "The form of a report's text: a beginning, or the text of one that was handed out.",
    rule: { for: "case.write" },
    query: ["of"],
    run(context, { query }) {
      const of = query.get("of");
      const issued = of === null ? undefined : listIssuedReports(context.newsroom.log).find(({ seq }) => String(seq) === of);
      if (of !== null && !issued) throw new TracewireError("NOT_FOUND", { what: "No such report was handed out" });
      const kept = issued && withTexts(context, (store) => store.list().find(({ symbol }) => symbol === issued.symbol));
      return {
        title: "A report",
        wide: true,
        page: html`<h1>${issued ? issued.symbol : "A report"}</h1>
${kept && html`<p class="hint">A text of it is kept: <a href="/desk/reports/texts/${kept.report}">version ${kept.version}</a>. Saving this makes it the newest.</p>
`}${textForm(context, { text: issued?.spec ?? BEGINNING, base: kept?.version ?? 0 })}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/reports",
    about: "Checks a report's text, or saves it as a version.",
    rule: { for: "case.write" },
    form: Type.Object({ text: Type.String({ minLength: 1, maxLength: 900_000 }), base: VERSION, act: Type.Union([Type.Literal("check"), Type.Literal("save")]) }, { additionalProperties: false }),
    run(context, { form: { text, base, act } }) {
      const found = look(context, text);
      if (act === "check" || (found instanceof TracewireError && found.code === "BAD_REPORT"))
        return {
          ...(found instanceof TracewireError ? { status: found.status } : {}),
          title: "A report",
          wide: true,
          page: html`<h1>A report</h1>
${act === "save" && html`<p class="finding" role="alert">It was not saved: mend this first.</p>
`}${lookPart(found)}${textForm(context, { text, base: Number(base) })}`,
        };
      try {
        const saved = withTexts(context, (store) => store.save(context.who.user.handle, text, Number(base)));
        context.record("report.keep", `${saved.symbol}, version ${saved.version}`);
        return { go: `/desk/reports/texts/${saved.report}?saved=yes` };
      } catch (error) {
        if (!(error instanceof TracewireError) || error.code !== "CONFLICT") throw error;
        return conflictPage(context, text, error);
      }
    },
  }),
  deskRoute({
    method: "GET",
    path: "/reports/texts/:report",
    about: "A report's text: what is open, its versions, building it.",
    rule: { for: "case.read" },
    query: ["version", "saved"],
    run(context, { params, query }) {
      const asked = query.get("version");
      const { shown, versions } = withTexts(context, (store) => ({ shown: store.find(params.report!, asked === null ? undefined : Number(asked) || -1), versions: store.versions(params.report!) }));
      if (!shown) throw new TracewireError("NOT_FOUND", { what: "No such text is kept" });
      return { title: shown.symbol, wide: true, page: textPage(context, shown, versions[0]!.version, versions, query.get("saved") === "yes") };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/reports/texts/:report/build",
    about: "Builds a version as HTML, tagged PDF, data and bundle.",
    rule: { for: "case.write" },
    upload: true,
    form: Type.Object({ version: VERSION, at: Type.Optional(Type.String({ pattern: "^\\d{1,9}$" })), draft: Type.Optional(Type.Literal("yes")) }, { additionalProperties: false }),
    run(context, { params, form: { version, at, draft }, file }) {
      const found = withTexts(context, (store) => store.find(params.report!, Number(version)));
      if (!found) throw new TracewireError("NOT_FOUND", { what: "No such text is kept" });
      const previous = file && file.bytes.length > 0 ? file.bytes : undefined;
      if (parseReportSpec(found.text, "line").spec.previous !== undefined && !previous)
        throw new TracewireError("BAD_ARGUMENT", { what: "file: the text names a previous report", where: "file", hint: "Give its report.json along, or take “previous” out of the text." });
      const title = `${found.symbol}, version ${found.version}${draft ? ", as a draft" : ""}`;
      const ask = { kind: "report", symbol: found.symbol, text: found.text, draft: draft === "yes", previous: previous !== undefined, ...(at === undefined ? {} : { at: Number(at) }) } as const;
      const work = context.works.start({ by: context.who.user.handle, title, ask }, previous);
      context.record("report.build", title);
      return { go: `/desk/works/${work.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/reports/built/:built",
    about: "A built report as its HTML looks, shown inside its page.",
    rule: { for: "case.read", object: "built" },
    run(context, { params }) {
      const path = context.works.pathOf(context.works.find(Number(params.built))!, "report.html");
      if (path === undefined) throw gone();
      return { shown: readFileSync(path, "utf8"), styled: true };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/reports/built/:built/issue",
    about: "Says in the log, for ever and in public, that a built report was handed out.",
    rule: { for: "stories.publish", object: "built", fresh: true },
    run(context, { params }) {
      const work = context.works.find(Number(params.built))!;
      if (context.works.pathOf(work, "report.json") === undefined) throw gone();
      const { ask, place } = work;
      assert(ask.kind === "report", "the rule's object is one");
      const made = (name: string): string => readFileSync(join(place, MADE_FOLDER, name), "utf8");
      const previous = ask.previous ? { previous: parsePrevious(readFileSync(join(place, GIVEN_FILE), "utf8"), "previous") } : {};
      const [report_text, sums_text] = [made("report.json"), made("SHA256SUMS")];
      context.write("report.issue", ask.symbol, (transaction, { log }) => issueReport(transaction, log, { file: ask.symbol, spec_text: ask.text, report_text, sums_text, ...previous }, context.who.user.handle));
      return { go: "/desk/reports" };
    },
  }),
];
