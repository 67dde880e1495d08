// The inbox: a document is dropped, pasted or named by its address; its text is read; and when a person has seen it and given
// the second grade, it is a capture.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import { appendCapture, capturesOf, extractText, GRADES, ITEM_GRADES, prepareCapture, SOURCE_GRADES, type CaptureInput } from "../../evidence/evidence.ts";
import { oneOf } from "../../schema.ts";
import { html, type Html } from "../../site/site.ts";
import { deskAssetHref } from "../desk-assets.ts";
import { area, choice, deskForm, field, sentence, when } from "../frame.ts";
import type { InboxItem } from "../inbox.ts";
import { seesCapture, seesInboxItem } from "../objects.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

const TEXT_CHARS_SHOWN = 6_000;
const PASTED_CHARS_MAX = 900_000;

const GRADE_WORDS = { original: "the original", copy: "a copy of it", transcription: "a transcription" } as const;
/** The Admiralty code, in words. */
const SOURCE_WORDS = ["completely reliable", "usually reliable", "fairly reliable", "not usually reliable", "unreliable", "cannot be judged"];
const ITEM_WORDS = ["confirmed by others", "probably true", "possibly true", "doubtful", "improbable", "cannot be judged"];
const sourceChoices = SOURCE_GRADES.map((grade, at) => [grade, `${grade}: ${SOURCE_WORDS[at]!}`] as const);

const STATE_WORDS: Record<InboxItem["state"], string> = {
  waiting: "waits for its turn",
  fetching: "is being fetched",
  reading: "is being read",
  read: "read; the second grade is missing",
  failed: "failed",
  cancelled: "cancelled",
  captured: "captured",
};

/** What no text could be read from was not read. */
const stateWords = ({ state: name, reason }: Pick<InboxItem, "state" | "reason">): string => (name === "read" && reason !== null ? "no text could be read; the second grade is missing" : STATE_WORDS[name]);

const state = (item: InboxItem): Html =>
  html`<span class="state" data-state="${item.state}" data-item="${item.id}">${stateWords(item)}</span>${item.state === "failed" && item.reason !== null && html`: ${item.reason.replace(/\.$/, "")}`}`;

function inboxPage({ inbox, who }: SignedInContext): Html {
  const items = inbox.list().filter((item) => seesInboxItem(who, item));
  return html`<h1>Inbox of captures</h1>
<div class="panes"><section aria-label="What waits">
${
  items.length === 0
    ? html`<p>Nothing waits. Drop a document, paste a text, or name an address: the bytes are kept as they are, and every claim you read out of them keeps its place.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>What</th><th>State</th><th>By</th><th>When</th></tr></thead><tbody>${items.map(
        (item) => html`<tr><td><a href="${item.seq === null ? `/desk/inbox/${item.id}` : `/desk/captures/${item.seq}`}">${item.title}</a>${item.is_protected && " (protected)"}</td><td>${state(item)}</td><td>${item.by}</td><td>${when(item.at)}</td></tr>
`,
      )}</tbody></table></div>
<p><a href="/desk/inbox" data-key="r">Look again</a></p>
`
}</section>
<section class="pane-form" aria-label="Capture something">
${deskForm(
  who,
  "/desk/inbox",
  html`<div class="drop" data-drop><label class="field"><span>A file</span><input type="file" name="file" data-key="f"><small>Or drop it here. Up to 50 MB; PDF, HTML, CSV, XLSX, JSON, XML, mail and text are read.</small></label></div>
${field("url", "Or an address to fetch", { type: "url", hint: "Only public addresses are fetched." })}${area("text", "Or a text", { rows: 3 })}${field("title", "What it is, in a line", { hint: "Left empty: the file's name, or the address." })}<fieldset class="radios"><legend>What is it?</legend>${GRADES.map((grade) => html`<label><input type="radio" name="grade" value="${grade}" required> ${GRADE_WORDS[grade]}</label>`)}</fieldset>
${choice("source_grade", "How reliable is the source?", sourceChoices, { empty: "choose", required: true, hint: "Of the source, whatever it says this time. How credible this item is, is asked when you have seen its text." })}${field("licence", "Licence of its bytes")}<label class="check"><input type="checkbox" name="protect" value="yes"> <span>Protect the source: only I and editors see it, and it is never released.</span></label>
<button class="main-act" data-key="s" data-key-words="Take it">Take it</button>
`,
  { upload: true },
)}</section></div>
${script()}`;
}

const script = () => html`<script type="module" src="${deskAssetHref("inbox.js")}"></script>`;

async function itemPage(context: SignedInContext, item: InboxItem): Promise<Html> {
  const { who } = context;
  const isOpen = ["waiting", "fetching", "reading", "read", "failed"].includes(item.state);
  return html`<h1>${item.title}</h1>
<p>${state(item)}. Taken ${when(item.at)} by ${item.by}${item.byte_count !== null && html`, ${item.byte_count.toLocaleString("en-US")} bytes`}. Source ${item.source_grade}, ${GRADE_WORDS[item.grade]}${item.is_protected && ", protected"}.</p>
${item.state === "read" && (await gradeForm(context, item))}${["waiting", "fetching", "reading"].includes(item.state) && html`<p><a href="/desk/inbox/${item.id}" data-key="r">Look again</a></p>
`}${item.state === "failed" && item.url !== null && deskForm(who, `/desk/inbox/${item.id}/again`, html`<button>Try again</button>`)}${isOpen && deskForm(who, `/desk/inbox/${item.id}/cancel`, html`<button>${item.state === "failed" ? "Put away" : "Cancel"}</button>`)}${item.seq !== null && html`<p><a href="/desk/captures/${item.seq}">Read claims out of it</a></p>`}${script()}`;
}

async function gradeForm({ newsroom, who }: SignedInContext, item: InboxItem): Promise<Html> {
  // Whether a source that is protected has the same bytes is not for others to learn.
  const same = capturesOf(newsroom.log, item.sha256!).filter((capture) => seesCapture(who, capture));
  const bytes = newsroom.blobs.get(item.sha256!);
  const text = bytes && (await extractText(bytes, { declared_media_type: item.declared_media_type ?? undefined, file_name: item.origin.name }));
  return html`${same.length > 0 && html`<p class="finding">These very bytes are captured already: ${same.slice(0, 5).map(({ seq, title }, at) => html`${at > 0 && ", "}<a href="/desk/captures/${seq}">entry ${seq}, ${title}</a>`)}. Claims can be read out of that; another capture of them stands beside it.</p>
`}<div class="panes"><section aria-label="Its text">
${
  text?.outcome === "text"
    ? html`<p class="hint">${text.text.length.toLocaleString("en-US")} characters, read by ${text.extractor}.${text.warnings.slice(0, 3).map((warning) => html` ${warning}.`)}</p>
<pre class="text" tabindex="0">${text.text.slice(0, TEXT_CHARS_SHOWN)}${text.text.length > TEXT_CHARS_SHOWN && "\n…"}</pre>
`
    : html`<p>No text could be read: ${sentence(item.reason ?? "its bytes are not here")} The bytes are kept as evidence all the same.</p>
`
}</section><section class="pane-form" aria-label="The second grade">
${deskForm(
  who,
  `/desk/inbox/${item.id}/grade`,
  html`<fieldset class="radios"><legend>How credible is this item itself?</legend><p class="hint">Not the source: a good source can be wrong, a bad one right.</p>${ITEM_GRADES.map((grade, at) => html`<label><input type="radio" name="item_grade" value="${grade}" required> ${grade}: ${ITEM_WORDS[at]!}</label>`)}</fieldset>
<button class="main-act">Capture</button>
`,
)}</section></div>
`;
}

const itemOf = ({ inbox }: SignedInContext, params: Record<string, string>): InboxItem => inbox.find(Number(params.item))!;

/** As the command line has it: the name is the file's, never a path. */
function originOf(form: { url?: string; text?: string }, file: { name: string } | undefined): CaptureInput["origin"] {
  const given = [form.url, form.text, file].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new TracewireError("BAD_ARGUMENT", { what: given.length === 0 ? "There is nothing to take: no file, address or text" : "A file, an address or a text: one at a time" });
  if (form.url !== undefined && !/^https?:\/\//i.test(form.url)) throw new TracewireError("BAD_ARGUMENT", { what: "url: only http and https addresses are fetched", where: "url" });
  return form.url !== undefined ? { from: "url", name: form.url } : { from: "file", name: file?.name ?? "pasted.txt" };
}

export const inboxRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/inbox",
    about: "What was dropped, pasted or named; taking more.",
    rule: { for: "case.write" },
    run: (context) => ({ title: "Inbox", page: inboxPage(context), wide: true }),
  }),
  deskRoute({
    method: "GET",
    path: "/inbox.json",
    about: "States of the inbox, for the page's script.",
    rule: { for: "case.write" },
    run({ inbox, who }) {
      const items = inbox.list().filter((item) => seesInboxItem(who, item));
      return { json: items.map(({ id, state: name, reason }) => ({ id, state: name, words: stateWords({ state: name, reason }), reason })) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/inbox",
    about: "Takes a file, an address or a text.",
    rule: { for: "case.write" },
    upload: true,
    form: Type.Object(
      {
        url: Type.Optional(Type.String({ maxLength: 4_000 })),
        text: Type.Optional(Type.String({ maxLength: PASTED_CHARS_MAX })),
        title: Type.Optional(Type.String({ maxLength: 300 })),
        licence: Type.Optional(Type.String({ maxLength: 300 })),
        grade: oneOf(GRADES),
        source_grade: oneOf(SOURCE_GRADES),
        protect: Type.Optional(Type.Literal("yes")),
      },
      { additionalProperties: false },
    ),
    run({ inbox, who, keep, record, wakeInbox }, { form, file }) {
      const origin = originOf(form, file);
      const bytes = file?.bytes ?? (form.text === undefined ? undefined : new TextEncoder().encode(form.text));
      inbox.requireRoom(who.user.handle, bytes?.length ?? 0);
      if (bytes?.length === 0) throw new TracewireError("BAD_INPUT", { what: "There are no bytes in it", where: origin.name });
      const item = inbox.add({
        by: who.user.handle,
        url: form.url ?? null,
        sha256: bytes ? keep(bytes).sha256 : null,
        byte_count: bytes?.length ?? null,
        title: form.title ?? origin.name,
        licence: form.licence ?? null,
        grade: form.grade,
        source_grade: form.source_grade,
        is_protected: form.protect === "yes",
        declared_media_type: (file?.type || undefined) ?? (form.text === undefined ? null : "text/plain; charset=utf-8"),
        origin,
      });
      record("inbox.take", `item ${item.id}`);
      wakeInbox();
      return { go: `/desk/inbox/${item.id}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/inbox/:item",
    about: "One item: its state, its text, its second grade.",
    rule: { for: "case.write", object: "inbox" },
    async run(context, { params }) {
      const item = itemOf(context, params);
      return { title: item.title, page: await itemPage(context, item), wide: item.state === "read" };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/inbox/:item/grade",
    about: "The second grade: the item is a capture now.",
    rule: { for: "case.write", object: "inbox" },
    form: Type.Object({ item_grade: oneOf(ITEM_GRADES) }, { additionalProperties: false }),
    async run(context, { params, form }) {
      const item = itemOf(context, params);
      const bytes = item.sha256 === null ? undefined : context.newsroom.blobs.get(item.sha256);
      if (item.state !== "read" || !bytes) throw new TracewireError("CONFLICT", { what: `This item ${STATE_WORDS[item.state]}` });
      const prepared = await prepareCapture(
        // The bytes are on the disk since they came in.
        { put: () => ({ sha256: item.sha256!, existed: true }) } as unknown as Parameters<typeof prepareCapture>[0],
        {
          bytes,
          origin: item.origin,
          retrieved_at: item.retrieved_at,
          retrieved_by: context.who.user.handle,
          grade: item.grade,
          source_grade: item.source_grade,
          item_grade: form.item_grade,
          title: item.title,
          ...(item.licence === null ? {} : { licence: item.licence }),
          ...(item.is_protected ? { is_protected: true as const } : {}),
          ...(item.declared_media_type === null ? {} : { declared_media_type: item.declared_media_type }),
        },
      );
      // Twice at once, or cancelled meanwhile: one of them.
      if (!context.inbox.move(item.id, ["read"], "captured")) throw new TracewireError("CONFLICT", { what: "Somebody was faster with this item" });
      try {
        const seq = context.write("capture.add", `item ${item.id}`, (transaction) => appendCapture(transaction, prepared));
        context.inbox.move(item.id, ["captured"], "captured", { seq });
        return { go: `/desk/captures/${seq}` };
      } catch (error) {
        context.inbox.move(item.id, ["captured"], "read");
        throw error;
      }
    },
  }),
  deskRoute({
    method: "POST",
    path: "/inbox/:item/cancel",
    about: "Stops an item, or puts a failed one away.",
    rule: { for: "case.write", object: "inbox" },
    run({ inbox, record, forget }, { params }) {
      const { sha256 } = inbox.find(Number(params.item))!;
      if (inbox.move(Number(params.item), ["waiting", "fetching", "reading", "read", "failed"], "cancelled")) {
        record("inbox.cancel", `item ${params.item!}`);
        if (sha256 !== null) forget(sha256);
      }
      return { go: "/desk/inbox" };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/inbox/:item/again",
    about: "Tries a failed item once more.",
    rule: { for: "case.write", object: "inbox" },
    run({ inbox, record, wakeInbox }, { params }) {
      if (inbox.move(Number(params.item), ["failed"], "waiting", { reason: null })) {
        record("inbox.again", `item ${params.item!}`);
        wakeInbox();
      }
      return { go: `/desk/inbox/${params.item!}` };
    },
  }),
];
