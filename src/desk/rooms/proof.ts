// Checking instead of believing: figures computed again, bundles that somebody sent, and the whole folder from the bytes up.
// The same functions as `tracewire reproduce` and `tracewire verify`, in a process of its own.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import { findFigureSpec } from "../../figures/figures.ts";
import { readPublication } from "../../press/press.ts";
import { html } from "../../site/site.ts";
import { area, deskForm, field } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import type { WorkAsk } from "../work-jobs.ts";
import { ownWorks, printedNames } from "./works.ts";

const KEY = Type.Optional(Type.String({ maxLength: 300 }));
const keyField = field("key", "The key you noted elsewhere", { hint: "Without it the key comes from what is checked." });

function start(context: SignedInContext, act: string, title: string, ask: WorkAsk, given?: Uint8Array) {
  const work = context.works.start({ by: context.who.user.handle, title, ask }, given);
  context.record(act, title);
  return { go: `/desk/works/${work.id}` };
}

export const proofRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/reproduce",
    about: "Figures and stories to be computed again; bundles that somebody sent.",
    rule: { for: "case.read" },
    query: ["id"],
    run(context, { query }) {
      const { newsroom, who } = context;
      return {
        title: "Reproduce",
        page: html`<h1>Reproduce</h1>
<p class="hint">A figure as it was last printed, or every figure of a story, is computed again from the log and compared byte for byte.</p>
${deskForm(
  who,
  "/desk/reproduce",
  html`${field("id", "Figure or story", { value: query.get("id")?.slice(0, 200) ?? "", required: true, list: "reproduce-names" })}<div class="row">${field("revision", "Of a story: revision", { pattern: "\\d{1,6}", hint: "The newest without it." })}${field("known", "Of a figure: as known at", { hint: "A log size or a day; as it was last printed without it." })}</div>
<datalist id="reproduce-names">${printedNames(newsroom).map((name) => html`<option value="${name}"></option>`)}</datalist>
<button class="main-act">Compute it again</button>
`,
)}<h2>A bundle that somebody sent</h2>
${deskForm(who, "/desk/reproduce/bundle", html`<label class="field"><span>The file</span><input type="file" name="file" required><small>It is verified, and its figures are computed from it alone.</small></label>${keyField}<button>Check it</button>`, { upload: true })}${ownWorks(context, ["reproduce", "received"])}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/reproduce",
    about: "Computes a figure, or all of a story, again.",
    rule: { for: "case.read" },
    form: Type.Object(
      { id: Type.String({ minLength: 1, maxLength: 200 }), revision: Type.Optional(Type.String({ pattern: "^\\d{1,6}$" })), known: Type.Optional(Type.String({ maxLength: 40 })) },
      { additionalProperties: false },
    ),
    run(context, { form: { id, revision, known } }) {
      const { log } = context.newsroom;
      if (!readPublication(log, id) && !findFigureSpec(log, id)) throw new TracewireError("NOT_FOUND", { what: `id: there is no figure and no published story “${id}”`, where: "id" });
      return start(context, "reproduce", `Reproduce ${id}`, { kind: "reproduce", id, ...(revision === undefined ? {} : { revision: Number(revision) }), ...(known === undefined ? {} : { known }) });
    },
  }),
  deskRoute({
    method: "POST",
    path: "/reproduce/bundle",
    about: "Verifies a bundle that somebody sent, and computes its figures again.",
    rule: { for: "case.read" },
    upload: true,
    form: Type.Object({ key: KEY }, { additionalProperties: false }),
    run(context, { form: { key }, file }) {
      if (!file || file.bytes.length === 0) throw new TracewireError("BAD_INPUT", { what: "There is no bundle in it", where: "file" });
      return start(context, "verify.bundle", `Bundle ${file.name}`, { kind: "received", ...(key === undefined ? {} : { key }) }, file.bytes);
    },
  }),
  deskRoute({
    method: "GET",
    path: "/verify",
    about: "Checking the whole folder; the checks of today.",
    rule: { for: "archive.manage" },
    run: (context) => ({
      title: "Verify",
      page: html`<h1>Verify</h1>
<p class="hint">Everything from the bytes up, trusting nothing: blobs, log, tiles, signatures, tables, published figures. It reads the whole folder and changes nothing.</p>
${deskForm(context.who, "/desk/verify", html`${keyField}${area("against", "A checkpoint that you kept", { rows: 5, hint: "Finds a log that was rolled back or forked. It begins with the newsroom’s name and ends with signatures." })}<button class="main-act">Check everything</button>`)}${ownWorks(context, ["verify"])}`,
    }),
  }),
  deskRoute({
    method: "POST",
    path: "/verify",
    about: "Checks everything from the bytes up.",
    rule: { for: "archive.manage" },
    form: Type.Object({ key: KEY, against: Type.Optional(Type.String({ maxLength: 20_000 })) }, { additionalProperties: false }),
    run: (context, { form: { key, against } }) =>
      start(context, "verify", "Verify", { kind: "verify", ...(key === undefined ? {} : { key }), ...(against === undefined ? {} : { against: `${against.replaceAll("\r\n", "\n").trimEnd()}\n` }) }),
  }),
];
