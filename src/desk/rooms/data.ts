// Transfers of one's own, tags and public sources come in by files: tried first, with what would come of it or the line that
// cannot be read, then taken in. The same as `tracewire import FORMAT FILE…`.
import Type, { type Static } from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { html, type Html } from "../../site/site.ts";
import { DATA_FORMATS, dataFormatTitle, type TransferSet } from "../../tracing/tracing.ts";
import { deskAssetHref } from "../desk-assets.ts";
import { choice, deskForm, field, when } from "../frame.ts";
import type { DataAsk, DataJob } from "../import-jobs.ts";
import { deskRoute, type DeskRoute, type SignedInContext, type Upload } from "../route.ts";
import { seenSets } from "../seen-sets.ts";
import { tick } from "../trace-form.ts";

const SETS_SHOWN = 50;
const NAMES_SHOWN = 10;
const LINE = Type.Optional(Type.String({ maxLength: 200 }));
const FORM = Type.Object(
  {
    format: Type.Union(["auto", ...DATA_FORMATS].map((format) => Type.Literal(format))),
    name: Type.Optional(Type.String({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", maxLength: 80 })),
    chain: Type.Optional(Type.String({ maxLength: 80 })),
    decimals: Type.Optional(Type.String({ pattern: "^\\d{1,3}$" })),
    accept_bad_checksums: Type.Optional(Type.Literal("yes")),
    supersedes: LINE,
    edition: Type.Optional(Type.String({ pattern: "^\\d{4}(-\\d{2}(-\\d{2})?)?$" })),
    licence: LINE,
    release: Type.Optional(Type.Literal("yes")),
  },
  { additionalProperties: false },
);

const jobOf = ({ dataJobs }: SignedInContext, params: Record<string, string>): DataJob => dataJobs.find(Number(params.import))!;

/** Throws NOT_ALLOWED, and NOT_FOUND for a set to be replaced that is not theirs to see. */
function askOf(context: SignedInContext, { format, decimals, accept_bad_checksums, release, supersedes, ...words }: Static<typeof FORM>): Pick<DataJob, "format" | "options"> {
  if (release && !can(context.who.user.role, "case.release")) throw new TracewireError("NOT_ALLOWED", { what: "Making it public is for who releases", hint: "Take it in without; an editor makes it public by the same files." });
  if (supersedes !== undefined && !seenSets(context).some(({ name, seq }) => supersedes === String(seq) || supersedes === name || supersedes === name.split("/")[1]))
    throw new TracewireError("NOT_FOUND", { what: `supersedes: no set of transfers is held as “${supersedes}”`, where: "supersedes" });
  const options: DataAsk = {
    ...words,
    ...(decimals === undefined ? {} : { decimals: Number(decimals) }),
    ...(accept_bad_checksums ? { accept_bad_checksums: true } : {}),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(release ? { release: true } : {}),
  };
  return { format: format as string, options };
}

const sentFiles = (files: readonly Upload[] = []): readonly Upload[] => files.filter(({ bytes }) => bytes.length > 0);

function importForm(context: SignedInContext, action: string, { format, options }: Partial<Pick<DataJob, "format" | "options">> = {}, isAgain = false): Html {
  const { name, chain, decimals, accept_bad_checksums, supersedes, edition, licence, release } = options ?? {};
  const isOpen = [name, chain, decimals, supersedes, edition, licence].some((one) => one !== undefined) || accept_bad_checksums === true || release === true;
  return deskForm(
    context.who,
    action,
    html`<label class="field"><span>${isAgain ? "More files of it, or one of them mended" : "The files"}</span><input type="file" name="file" multiple data-key="f" data-key-words="Choose files"${!isAgain && html` required`}><small>CSV, TSV, JSON, NDJSON, Parquet, packed by gzip or zstd too; a source of several files whole. 50 MB at once.</small></label>
${choice("format", "They are", [["auto", "what they show themselves to be"], ...DATA_FORMATS.map((one) => [one, `${one}: ${dataFormatTitle(one)}`] as const)], { value: format ?? "auto" })}
<details${isOpen && html` open`}><summary>Name, chain, decimals, checksums, edition, licence, what it replaces</summary><div class="row">${field("name", "Name of the set", { value: name, pattern: "[a-z0-9]+(-[a-z0-9]+)*", hint: "of transfers; left out, after the first file" })}${field("chain", "Chain", { value: chain, hint: "of rows that name none: eip155:1" })}${field("decimals", "Decimals", { value: decimals === undefined ? "" : String(decimals), hint: "amounts are decimals with so many places, instead of whole base units" })}</div>
${tick("accept_bad_checksums", "yes", "Take addresses with a wrong checksum as they stand", accept_bad_checksums === true)}
<div class="row">${field("supersedes", "It replaces the set", { value: supersedes, hint: "a name or entry: a block was replaced, or rows were wrong" })}${field("edition", "Day of the edition", { value: edition, hint: "of a list that does not state it: 2024-09-27" })}${field("licence", "Licence", { value: licence, hint: "under which it may be passed on" })}</div>
${can(context.who.user.role, "case.release") && tick("release", "yes", "Public at once, bytes too: its licence must allow it", release === true)}</details>
<button${!isAgain && html` class="main-act"`} data-key="s" data-key-words="Try it">${isAgain ? "Try again" : "Try it"}</button>`,
    { upload: true },
  );
}

const namesOf = ({ names }: DataJob): string => `${names.slice(0, NAMES_SHOWN).join(", ")}${names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : ""}`;

const setsTable = (sets: readonly TransferSet[]): Html => html`<div class="scroll" tabindex="0"><table><caption>Transfers that are held</caption><thead><tr><th>Set</th><th class="num">Rows</th><th>Of</th><th class="num">Entry</th><th>Public</th></tr></thead><tbody>${sets.slice(-SETS_SHOWN).reverse().map(({ name, row_count, kind, seq, released }) => html`<tr><td>${name}</td><td class="num">${row_count.toLocaleString("en-US")}</td><td>${kind === "utxo" ? "transactions" : "transfers"}</td><td class="num">${seq}</td><td>${released === undefined ? "no" : "yes"}</td></tr>
`)}</tbody></table></div>${sets.length > SETS_SHOWN && html`<p class="hint">The newest ${SETS_SHOWN} of ${sets.length}; <code>tracewire trace sets</code> lists all.</p>`}`;

function listPage(context: SignedInContext): Html {
  const own = context.dataJobs.list().filter(({ by }) => by === context.who.user.handle);
  const sets = seenSets(context);
  return html`<h1>Data</h1>
<p class="hint">Transfers of your own, tags, and public sources (sanctions lists, blocks, incident lists). Tried first: you see what would come of it, or the line that cannot be read, before anything is written. The columns are in <a href="${context.publicHref("/docs/tracing")}">docs/tracing.md</a>; archives of stories come in at <a href="/desk/imports">Imports</a>, what is larger by <code>tracewire import</code>.</p>
${importForm(context, "/desk/data")}${own.length > 0 && html`<h2>Yours</h2><ul class="board">${own.map((job) => html`<li><a href="/desk/data/${job.id}">${namesOf(job)}</a>: ${job.state}, ${when(job.at)}</li>
`)}</ul>`}${sets.length > 0 && setsTable(sets)}`;
}

function jobPage(context: SignedInContext, job: DataJob): Html {
  const { who } = context;
  const { id, state, done, reason, where, result, format, at } = job;
  const isRunning = state === "trying" || state === "taking in";
  return html`<h1>Import of ${namesOf(job)}</h1>
<p class="hint"><a href="/desk/data">Data</a>. ${format === "auto" ? "By what it shows itself to be" : format}, ${when(at)}.</p>
${
    isRunning &&
    html`<p class="done" role="status" data-watch>${state === "trying" ? "It is being tried; nothing is written" : "It is being taken in"}${done > 0 && `: ${done.toLocaleString("en-US")} so far`}. <a href="/desk/data/${id}" data-key="r">Look again</a></p>
${deskForm(who, `/desk/data/${id}/cancel`, html`<button>Cancel</button>`)}<script type="module" src="${deskAssetHref("watch.js")}"></script>`
  }${state === "failed" && html`<div class="finding" role="alert"><p><strong>It failed, and nothing was written.</strong> ${reason ?? ""}${where !== undefined && html` Where: <code>${where}</code>.`}</p></div>
`}${state === "cancelled" && html`<p class="finding" role="status">Cancelled. An import is written whole or not at all; trying it again says which.</p>
`}${
    result &&
    !isRunning &&
    html`<h2>${state === "taken in" ? "Taken in" : "What would come of it"}</h2>
${result.says.map((words) => html`<p>${words}</p>
`)}`
  }${state === "tried" && (result!.fresh ? deskForm(who, `/desk/data/${id}/take`, html`<button class="main-act" data-key="t">Take it in</button> <small>A second time changes nothing.</small>`) : html`<p class="done">There is nothing to take in.</p>
`)}${state === "taken in" && html`<p class="done" role="status">Taken in. <a href="/desk/traces">Traces</a> read it from now on.</p>
`}${!isRunning && state !== "taken in" && html`<h2>Try it otherwise</h2>
${importForm(context, `/desk/data/${id}/try`, job, true)}`}`;
}

const changed = ({ state }: DataJob): TracewireError => new TracewireError("CONFLICT", { what: `It is ${state} now`, hint: "Open it again." });

export const dataRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/data",
    about: "Transfers, tags and public sources: the form of an import, one's own, and which sets are held.",
    rule: { for: "case.write" },
    run: (context) => ({ title: "Data", page: listPage(context), wide: true }),
  }),
  deskRoute({
    method: "POST",
    path: "/data",
    about: "Tries files of transfers, tags or a public source and writes nothing; to make them public asks for `case.release` besides.",
    rule: { for: "case.write" },
    upload: "several",
    form: FORM,
    run(context, { form, files }) {
      const given = sentFiles(files);
      if (given.length === 0) throw new TracewireError("BAD_INPUT", { what: "There is nothing in it", where: "file" });
      const job = context.dataJobs.start({ by: context.who.user.handle, ...askOf(context, form) }, given);
      context.record("data.try", namesOf(job));
      return { go: `/desk/data/${job.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/data/:import",
    about: "One import: how far it is, what would come or came of it, or the line that cannot be read.",
    rule: { for: "case.write", object: "import" },
    run(context, { params }) {
      const job = jobOf(context, params);
      return { title: namesOf(job).slice(0, 60), page: jobPage(context, job) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/data/:import/try",
    about: "Tries the same files again, asked otherwise, with more files.",
    rule: { for: "case.write", object: "import" },
    upload: "several",
    form: FORM,
    run(context, { params, form, files }) {
      const job = jobOf(context, params);
      if (!context.dataJobs.tryAgain(job.id, askOf(context, form), sentFiles(files))) throw changed(job);
      context.record("data.try", namesOf(job));
      return { go: `/desk/data/${job.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/data/:import/take",
    about: "Takes in what was tried.",
    rule: { for: "case.write", object: "import" },
    run(context, { params }) {
      const job = jobOf(context, params);
      if (!context.dataJobs.takeIn(job.id, context.who.user.handle)) throw changed(job);
      // Its entries bear the same handle.
      context.record("data.import", namesOf(job));
      return { go: `/desk/data/${job.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/data/:import/cancel",
    about: "Stops an import: it is written whole or not at all.",
    rule: { for: "case.write", object: "import" },
    run(context, { params }) {
      const job = jobOf(context, params);
      if (!context.dataJobs.cancel(job.id)) throw changed(job);
      context.record("data.cancel", namesOf(job));
      return { go: `/desk/data/${job.id}` };
    },
  }),
];
