// An archive of another publication: tried first, with a list of what would be lost, then taken in. The command does the same
// (tracewire import FORMAT FILE --dry-run), for folders of files and with pictures besides.
import Type from "typebox";
import { lossesOf, STORY_READERS, type ImportedStories } from "../../archive-import/archive-import.ts";
import { TracewireError } from "../../errors.ts";
import { html, type Html } from "../../site/site.ts";
import { choice, deskForm, field, when } from "../frame.ts";
import type { ImportJob } from "../import-jobs.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

const LINES_SHOWN = 100;
const FORMATS = STORY_READERS.map(({ format }) => format);
const LINE = Type.Optional(Type.String({ maxLength: 200 }));
const count = (n: number, one: string, many: string): string => (n === 1 ? `One ${one}` : `${n.toLocaleString("en-US")} ${many}`);

const findJob = ({ importJobs }: SignedInContext, { job }: Record<string, string>): ImportJob | undefined => (/^[1-9]\d{0,8}$/.test(job!) ? importJobs.find(Number(job)) : undefined);

function jobOf(context: SignedInContext, params: Record<string, string>): ImportJob {
  const job = findJob(context, params);
  if (!job) throw new TracewireError("NOT_FOUND", { what: "There is no such import; it may have ended with the desk's process" });
  return job;
}

const list = (title: string, lines: readonly string[]): Html | false =>
  lines.length > 0 && html`<details><summary>${title}: ${lines.length.toLocaleString("en-US")}</summary><ul class="plain">${lines.slice(0, LINES_SHOWN).map((line) => html`<li>${line}</li>
`)}</ul>${lines.length > LINES_SHOWN && html`<p class="hint">${(lines.length - LINES_SHOWN).toLocaleString("en-US")} more; all of them by the command, with --json.</p>`}</details>
`;

function resultPart(result: ImportedStories, isTried: boolean): Html {
  const { stories, passed, refused } = result;
  const of = (outcome: string) => stories.filter((story) => story.outcome === outcome).length.toLocaleString("en-US");
  const losses = lossesOf(result);
  return html`<p>${count(stories.length, "story", "stories")} of ${result.from.join(", ") || "no archive"}: ${of("published")} ${isTried ? "would come in" : "came in"}, ${of("revised")} changed, ${of("unchanged")} held already, ${of("kept")} left as they stand here; ${stories.reduce((sum, { paths }) => sum + paths, 0).toLocaleString("en-US")} old addresses led on.</p>
${
    losses.length === 0
      ? html`<p class="done">Nothing ${isTried ? "would be" : "was"} lost.</p>
`
      : html`<div class="scroll" tabindex="0"><table><caption>${isTried ? "What would be lost or changed" : "Lost or changed"}</caption><thead><tr><th>Times</th><th>What</th><th>Stories</th><th>First in</th></tr></thead><tbody>${losses.slice(0, LINES_SHOWN).map(({ what, count: times, stories: in_stories, first }) => html`<tr><td class="num">${times}</td><td>${what}</td><td class="num">${in_stories}</td><td>${first}</td></tr>
`)}</tbody></table></div>
`
  }${list("Left as they stand here", stories.filter(({ outcome }) => outcome === "kept").map(({ slug, why }) => `${slug}: ${why ?? ""}`))}${list("Left out", passed.map(({ place, title, passed: why }) => `${place} “${title.slice(0, 60)}”: ${why}`))}${list("Refused", refused.map(({ place, what }) => `${place}: ${what}`))}`;
}

function jobPage({ who }: SignedInContext, job: ImportJob): Html {
  const isRunning = job.state === "trying" || job.state === "taking in";
  const fresh = job.result?.stories.filter(({ outcome }) => outcome === "published" || outcome === "revised").length ?? 0;
  return html`<h1>Import of ${job.names[0]!}</h1>
<p class="hint">${job.format}, by ${job.by}, ${when(job.at)}. <a href="/desk/imports">Imports</a></p>
${isRunning && html`<p role="status">${job.state === "trying" ? "It is being tried; nothing is written" : "It is being taken in"}: ${count(job.done, "story", "stories")} so far. <a href="/desk/imports/${job.id}" data-key="r">Look again</a></p>
`}${job.state === "failed" && html`<div class="finding" role="alert"><p><strong>It failed.</strong> ${job.reason ?? ""}</p></div>
`}${!isRunning && job.result && resultPart(job.result, job.state === "tried")}${
    job.state === "tried" &&
    (fresh > 0
      ? deskForm(who, `/desk/imports/${job.id}/take`, html`<button class="main-act">Take ${fresh === 1 ? "the one story" : `${fresh.toLocaleString("en-US")} stories`} in</button> <small>They are public at once, as archive stories. A second time changes nothing.</small>`)
      : html`<p class="done">There is nothing to take in.</p>`)
  }${job.state === "taken in" && html`<p class="done" role="status">Taken in.</p>
`}`;
}

export const importRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/imports",
    about: "Archives of other publications: the form, and those of today.",
    rule: { for: "stories.publish" },
    run: ({ importJobs, who }) => ({
      title: "Imports",
      wide: true,
      page: html`<h1>Imports</h1>
<p class="hint">An archive that another publication printed. It is tried first: you see what would be lost before anything is written.</p>
${deskForm(
  who,
  "/desk/imports",
  html`<label class="field"><span>The file</span><input type="file" name="file" required></label><div class="row">${choice("format", "It is", FORMATS.map((format) => [format, format] as const), {})}${field("from", "Whose archive it is", { hint: "Where the file does not say." })}${field("topic", "Topic of those filed under nothing", {})}${field("address", "Where the old site stood", { hint: "https://example.org" })}</div>
<label><input type="checkbox" name="mend" value="yes"> Read on over faults of XML, and list each</label>
<p><button class="main-act" data-key="s" data-key-words="Try it">Try it</button></p>
<p class="hint">One file of at most 50 MB. Folders, and the old site's pictures: <code>tracewire import</code>.</p>`,
  { upload: true },
)}${
        importJobs.list().length > 0 &&
        html`<div class="scroll" tabindex="0"><table><thead><tr><th>Archive</th><th>State</th><th>By</th><th>When</th></tr></thead><tbody>${importJobs.list().map(({ id, names: [name], state, by, at }) => html`<tr><td><a href="/desk/imports/${id}">${name!}</a></td><td>${state}</td><td>${by}</td><td>${when(at)}</td></tr>
`)}</tbody></table></div>`
      }`,
    }),
  }),
  deskRoute({
    method: "POST",
    path: "/imports",
    about: "Tries an archive and writes nothing.",
    rule: { for: "stories.publish" },
    upload: true,
    form: Type.Object(
      { format: Type.Union(FORMATS.map((format) => Type.Literal(format))), from: LINE, topic: LINE, address: LINE, mend: Type.Optional(Type.Literal("yes")) },
      { additionalProperties: false },
    ),
    run({ importJobs, who, record }, { form: { format, mend, ...options }, file }) {
      if (!file || file.bytes.length === 0) throw new TracewireError("BAD_INPUT", { what: "There is no archive in it", where: "file" });
      if (options.address !== undefined && !/^https?:$/.test(URL.parse(options.address)?.protocol ?? "")) throw new TracewireError("BAD_ARGUMENT", { what: "That is no web address", where: "address", hint: "Write https://example.org" });
      const job = importJobs.start({ by: who.user.handle, format: format as string, options: { ...options, ...(mend === undefined ? {} : { mend: true }) } }, [file]);
      record("archive.try", file.name);
      return { go: `/desk/imports/${job.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/imports/:job",
    about: "One import: how far it is, and what would be or was lost.",
    rule: { for: "stories.publish" },
    run(context, { params }) {
      const job = findJob(context, params);
      if (!job) return { title: "No such import", page: html`<h1>There is no such import</h1>
<p>Jobs end with the desk’s process. <a href="/desk/imports">Imports</a></p>` };
      return { title: job.names[0]!, wide: true, page: jobPage(context, job) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/imports/:job/take",
    about: "Takes in what was tried.",
    rule: { for: "stories.publish" },
    run(context, { params }) {
      const job = jobOf(context, params);
      if (!context.importJobs.takeIn(job.id, context.who.user.handle)) throw new TracewireError("CONFLICT", { what: `It is ${job.state} now`, hint: "Open it again." });
      // Its entries bear the same handle; a stop in the middle leaves whole batches.
      context.record("archive.import", job.names[0]!);
      return { go: `/desk/imports/${job.id}` };
    },
  }),
];
