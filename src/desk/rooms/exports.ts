// What is released, handed out: in the formats of others with manifest and hashes, or as a bundle that proves itself. The same
// functions as `tracewire export`, in a process of its own.
import Type from "typebox";
import { BUNDLE_SUBJECTS, cannotCarry, EXCHANGE_FORMATS, listTables, TABLE_FORMS, TLP, type BundleSubject, type ExchangeFormat, type TableForm, type TlpLevel } from "../../exchange/exchange.ts";
import { can } from "../../accounts/accounts.ts";
import { knownSize } from "../../evidence/evidence.ts";
import { linkSettings } from "../../newsletter/newsletter.ts";
import { oneOf } from "../../schema.ts";
import { html, type Html } from "../../site/site.ts";
import { choice, deskForm, field } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import type { WorkAsk } from "../work-jobs.ts";
import { ownWorks, printedNames } from "./works.ts";

const WHAT = {
  list: "a list: claims on a kind, stories, captures, a table",
  stix: "STIX 2.1: the case file, dissent as opinions",
  ftm: "FollowTheMoney: the case file",
  misp: "MISP: the case file as an event",
  ninjs: "ninjs: one story for agencies",
  figure: "a bundle: a figure with the claims and sources it rests on",
  story: "a bundle: a story with all its figures",
} as const;
type What = keyof typeof WHAT;
const WHATS = Object.keys(WHAT) as What[];
const LINE = Type.Optional(Type.String({ maxLength: 200 }));
const isBundle = (what: What): what is What & BundleSubject => (BUNDLE_SUBJECTS as readonly string[]).includes(what);

function page(context: SignedInContext): Html {
  const { newsroom, who } = context;
  const names = [...listTables(newsroom.log), ...printedNames(newsroom)];
  return html`<h1>Exports</h1>
<p class="hint">Only what is public leaves. A folder of files comes with its manifest and the hash of each; a bundle carries its proofs, and whoever gets it checks it with no newsroom.</p>
${deskForm(
    who,
    "/desk/exports",
    html`<div class="row">${choice("what", "What", WHATS.map((what) => [what, WHAT[what]] as const), {})}${field("id", "Which", { list: "export-names", hint: "Of a list, ninjs, a figure, a story: its name." })}</div>
<div class="row">${choice("form", "Of a list: as", TABLE_FORMS.map((form) => [form, form] as const), {})}${choice("tlp", "Of STIX and MISP: passed on", Object.keys(TLP).map((level) => [level, level === "white" ? "white, which is TLP:CLEAR" : level] as const), { value: "white" })}${field("known", "As known at", { hint: "A log size or a day; the newest without it. Not for bundles." })}</div>
<datalist id="export-names">${names.map((name) => html`<option value="${name}"></option>`)}</datalist>
<p><button class="main-act">Make it</button></p>
`,
  )}<h2>What a format cannot carry</h2>
${EXCHANGE_FORMATS.map((format) => {
    const lines = cannotCarry(format, "xlsx");
    return html`<details><summary>${format === "list" ? "a list as XLSX, Parquet or GraphML" : format}</summary><ul class="plain">${lines.map((line) => html`<li>${line}</li>
`)}</ul></details>
`;
  })}<p class="hint">A list as CSV, and a bundle, carry all that is public of what they are of.</p>
${can(who.user.role, "archive.manage") && html`<h2>The whole log</h2>
${deskForm(who, "/desk/exports/archive", html`<button>Make the bundle of the whole log</button> <span class="hint">What is not public stays closed in it. Stories and evidence go into an empty newsroom by <code>tracewire import tracewire</code>; a copy with everything, keys included, is <code>tracewire backup</code>.</span>`)}`}${ownWorks(context, ["export", "bundle"])}`;
}

function start(context: SignedInContext, title: string, ask: WorkAsk) {
  const work = context.works.start({ by: context.who.user.handle, title, ask });
  context.record("export", title);
  return { go: `/desk/works/${work.id}` };
}

export const exportRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/exports",
    about: "What can be handed out, in which formats, and what each cannot carry.",
    rule: { for: "case.read" },
    run: (context) => ({ title: "Exports", wide: true, page: page(context) }),
  }),
  deskRoute({
    method: "POST",
    path: "/exports",
    about: "Makes an export of what is public.",
    rule: { for: "case.read" },
    form: Type.Object(
      { what: oneOf(WHATS), id: LINE, form: Type.Optional(oneOf(TABLE_FORMS)), tlp: Type.Optional(oneOf(Object.keys(TLP))), known: LINE },
      { additionalProperties: false },
    ),
    run(context, { form: { what, id, form, tlp, known } }) {
      if (isBundle(what)) return start(context, `${what} ${id ?? ""}`.trim(), { kind: "bundle", subject: what, ...(id === undefined ? {} : { id }) });
      // Said at once where it is no moment that the log knows.
      if (known !== undefined) knownSize(context.newsroom.log, known);
      const named = what === "list" || what === "ninjs" ? id : undefined;
      const base_url = context.withPeople((people) => linkSettings(people, context.mail).base_url) ?? context.mail.base_url;
      return start(context, [what, named, what === "list" && form].filter(Boolean).join(" "), {
        kind: "export",
        format: what as ExchangeFormat,
        base_url,
        ...(named === undefined ? {} : { id: named }),
        ...(what === "list" ? { form: (form ?? "csv") as TableForm } : {}),
        ...(what === "stix" || what === "misp" ? { tlp: (tlp ?? "white") as TlpLevel } : {}),
        ...(known === undefined ? {} : { known }),
      });
    },
  }),
  deskRoute({
    method: "POST",
    path: "/exports/archive",
    about: "Makes the bundle of the whole log.",
    rule: { for: "archive.manage", fresh: true },
    run: (context) => start(context, "the whole log", { kind: "bundle", subject: "case" }),
  }),
];
