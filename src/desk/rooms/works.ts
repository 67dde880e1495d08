// What takes long, once it was started: how far it is, what came of it, its files with their hashes.
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { listFigureSpecs } from "../../figures/figures.ts";
import { listCards } from "../../press/press.ts";
import { html, nothing, type Html } from "../../site/site.ts";
import { deskForm, when } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import type { Work, WorkAsk, WorkFound } from "../work-jobs.ts";

const LISTED = 12;
const NAMES_OFFERED = 300;
/** Never shown here, whatever they are. */
const TYPES: Record<string, string> = { json: "application/json", html: "text/html; charset=utf-8", pdf: "application/pdf", csv: "text/csv; charset=utf-8" };

const workOf = ({ works }: SignedInContext, { work }: Record<string, string>): Work => works.find(Number(work))!;

export const sizeWords = (bytes: number): string => `${bytes.toLocaleString("en-US")} bytes`;

const listPart = ({ title, lines, count }: WorkFound["lists"][number]): Html =>
  lines.length === 0
    ? nothing
    : html`<details${lines.length <= LISTED && html` open`}><summary>${title}: ${count.toLocaleString("en-US")}</summary><ul class="plain">${lines.map((line) => html`<li>${line}</li>
`)}</ul>${count > lines.length && html`<p class="hint">${(count - lines.length).toLocaleString("en-US")} more; all of them by the command, with --json.</p>`}</details>
`;

function filesPart(work: Work): Html {
  const files = work.found?.files ?? [];
  if (files.length === 0) return nothing;
  return html`<div class="scroll" tabindex="0"><table><caption>Files</caption><thead><tr><th>File</th><th class="num">Size</th><th>SHA-256</th></tr></thead><tbody>${files.map(
    ({ name, byte_count, sha256 }) => html`<tr><td><a href="/desk/works/${work.id}/files/${encodeURIComponent(name)}">${name}</a></td><td class="num">${sizeWords(byte_count)}</td><td><code>${sha256}</code></td></tr>
`,
  )}</tbody></table></div>
`;
}

function workPage(context: SignedInContext, work: Work): Html {
  const isOpen = work.state === "waiting" || work.state === "running";
  const { found } = work;
  return html`<h1>${work.title}</h1>
<p class="hint">By ${work.by}, ${when(work.at)}.${found !== undefined && found.files.length > 0 && " Files are kept until newer ones need the room, something is erased, or the desk stops."}</p>
${isOpen && html`<p role="status">It ${work.state === "waiting" ? "waits for its turn" : "runs"}${work.progress !== undefined && html`. ${work.progress}`}. <a href="/desk/works/${work.id}" data-key="r">Look again</a></p>
${deskForm(context.who, `/desk/works/${work.id}/cancel`, html`<button>Stop it</button>`)}`}${work.state === "failed" && html`<div class="finding" role="alert"><p><strong>It failed.</strong> ${work.reason ?? ""}</p></div>
`}${work.state === "cancelled" && html`<p>It was stopped.</p>
`}${found && html`<div class="${found.good ? "done" : "finding"}" role="status">${found.said.map((line) => html`<p>${line}</p>
`)}</div>
${filesPart(work)}${found.lists.map(listPart)}${found.good && builtPart(context, work)}`}`;
}

/** Stories and figures by name, for a field that offers them. */
export const printedNames = ({ log }: SignedInContext["newsroom"]): string[] => [
  ...listCards(log, { limit: NAMES_OFFERED }).map(({ slug }) => slug),
  ...listFigureSpecs(log).slice(0, NAMES_OFFERED).map(({ spec }) => spec.id),
];

/** Below what a build made: the report as it looks, and handing it out. */
function builtPart({ who }: SignedInContext, { id, ask }: Work): Html {
  if (ask.kind !== "report") return nothing;
  return html`<iframe class="preview" title="${ask.symbol}" src="/desk/reports/built/${id}"></iframe>
${
  ask.draft
    ? html`<p class="hint">A draft is not handed out: build it without the mark.</p>
`
    : can(who.user.role, "stories.publish")
      ? deskForm(who, `/desk/reports/built/${id}/issue`, html`<button class="main-act">Say in the log that it was handed out</button> <span class="hint">For ever and in public, with its text and the sums of its files. Download them first and hand out those: files here are gone when the desk stops.</span>`)
      : nothing
}`;
}

/** One's own of these kinds, the newest first. */
export function ownWorks({ works, who }: SignedInContext, kinds: readonly WorkAsk["kind"][]): Html {
  const own = works.list().filter(({ by, ask }) => by === who.user.handle && kinds.includes(ask.kind));
  if (own.length === 0) return nothing;
  return html`<div class="scroll" tabindex="0"><table><caption>Yours</caption><thead><tr><th>What</th><th>State</th><th>When</th></tr></thead><tbody>${own.slice(0, LISTED).map(
    ({ id, title, state, at, found }) => html`<tr><td><a href="/desk/works/${id}">${title}</a></td><td>${state}${found && !found.good && ", with findings"}</td><td>${when(at)}</td></tr>
`,
  )}</tbody></table></div>
`;
}

export const workRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/works/:work",
    about: "An export, a report being built, a check: how far it is, what came of it, its files.",
    rule: { for: "case.read", object: "work" },
    run(context, { params }) {
      const work = workOf(context, params);
      return { title: work.title, wide: true, page: workPage(context, work) };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/works/:work/files/:file",
    about: "A file that it made, as an attachment.",
    rule: { for: "case.read", object: "work" },
    run(context, { params }) {
      const name = params.file!;
      const path = context.works.pathOf(workOf(context, params), name);
      if (path === undefined) throw new TracewireError("NOT_FOUND", { what: "There is no such file, or it has made room for newer ones" });
      return { download: { name, type: TYPES[name.split(".").at(-1)!] ?? "application/octet-stream", path } };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/works/:work/cancel",
    about: "Stops it.",
    rule: { for: "case.read", object: "work" },
    run(context, { params }) {
      const work = workOf(context, params);
      context.works.cancel(work.id);
      context.record("work.cancel", work.title);
      return { go: `/desk/works/${work.id}` };
    },
  }),
];
