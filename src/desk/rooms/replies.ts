// Right of reply: who was asked what and by when, what they answered, or that nothing came. The same claims as
// `tracewire reply` makes; once public, they stand in the reply box of the story they are about, and in the report's annex.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import {
  appendAnswer,
  appendRequest,
  appendSilence,
  dueReplies,
  fieldSpec,
  HEDGES,
  prepareAnswer,
  prepareRequest,
  readReplies,
  readReply,
  releaseReply,
  type Reply,
} from "../../casefile/casefile.ts";
import { TracewireError } from "../../errors.ts";
import { readPublication, slugOf } from "../../press/press.ts";
import { listReports } from "../../reports/reports.ts";
import { oneOf } from "../../schema.ts";
import { html, nothing, type Html } from "../../site/site.ts";
import { vantageOf } from "../claim-form.ts";
import { area, choice, deskForm, field } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";

const SHOWN = 50;
const LINE = Type.String({ minLength: 1, maxLength: 200 });
const DAY = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const LETTER = Type.String({ minLength: 1, maxLength: 20_000 });
const PRINTED = Type.Optional(Type.String({ maxLength: 2_000 }));
const DAY_MS = 86_400_000;
/** What the form proposes; a law or the matter may ask for another time. */
const DAYS_TO_ANSWER = 7;
const DAYS_TO_REMINDER = 5;

const today = ({ effects }: SignedInContext): string => effects.clock().slice(0, 10);
const later = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
const everyReply = (context: SignedInContext): Reply[] => readReplies(context.newsroom.log, vantageOf(context, context.newsroom.log.size()));

function replyOf(context: SignedInContext, params: Record<string, string>): Reply {
  const { log } = context.newsroom;
  const reply = readReply(log, vantageOf(context, log.size()), params.reply!);
  if (!reply) throw new TracewireError("NOT_FOUND", { what: `Nothing is held on “reply/${params.reply!}”` });
  return reply;
}

const STATE_WORDS = { waiting: "waits for an answer", answered: "answered", "no reply": "no reply by its deadline" } as const;
const isPublic = ({ claims }: Reply): boolean => unreleased(claims).length === 0;
/** By its slug, or its symbol. */
function isThere({ newsroom: { log } }: SignedInContext, about: string): boolean {
  return readPublication(log, about) !== undefined || listReports(log, { log_size: log.size(), evidence: "released" }).some(({ symbol }) => symbol === about);
}

const publicWords = (reply: Reply): string => (isPublic(reply) ? "yes" : reply.claims.some(({ released }) => released !== undefined) ? "not all of it" : "no");
const unreleased = (claims: Reply["claims"]) => claims.filter(({ field: name, released }) => released === undefined && fieldSpec("reply", name)?.private !== true);

function listPage(context: SignedInContext, after: string): Html {
  const replies = everyReply(context);
  const due = dueReplies(replies, today(context));
  const shown = replies.filter(({ name }) => name > after).slice(0, SHOWN);
  const more = replies.some(({ name }) => name > (shown.at(-1)?.name ?? ""));
  return html`<h1>Right of reply</h1>
${can(context.who.user.role, "case.write") && html`<p><a href="/desk/replies/new" data-key="a" data-key-words="Ask somebody">Ask somebody</a></p>`}
<h2>Due <span class="count">${due.length}</span></h2>
${
  due.length === 0
    ? html`<p>Nobody is waited for. Whoever a story or report blames is asked; the nearest deadline stands here first.</p>`
    : html`<ul class="board">${due.map(
        ({ name, asked_of, deadline, reminder, due: what, about }) =>
          html`<li${what !== undefined && html` class="due"`}><a href="/desk/replies/${name}">${asked_of ?? name}</a> by <strong>${deadline!}</strong>${about !== null && `, on ${about}`}${what === "overdue" ? html`: <strong>the deadline has passed</strong>` : what === "remind" && html`: <strong>reminder of ${reminder}</strong>`}</li>
`,
      )}</ul>`
}
<h2>All of them <span class="count">${replies.length}</span></h2>
${
  shown.length === 0
    ? html`<p>None${after === "" ? "" : " more"}.</p>`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Request</th><th>Asked of</th><th>On</th><th>By</th><th>About</th><th>State</th><th>Public</th></tr></thead><tbody>${shown.map(
        (reply) =>
          html`<tr><td><a href="/desk/replies/${reply.name}">${reply.name}</a></td><td>${reply.asked_of ?? "not held"}</td><td>${reply.asked_at ?? ""}</td><td>${reply.deadline ?? ""}</td><td>${reply.about ?? ""}</td><td>${STATE_WORDS[reply.state]}</td><td>${publicWords(reply)}</td></tr>
`,
      )}</tbody></table></div>${more && html`<p><a href="/desk/replies?after=${shown.at(-1)!.name}" rel="next" data-key="n">More</a></p>`}`
}`;
}

type Asking = Partial<Record<"name" | "asked_of" | "channel" | "about", string>>;

const askForm = (context: SignedInContext, { about = "", asked_of = "" }: Asking): Html => html`<h1>Ask somebody</h1>
<p class="hint">Send the letter by your own mail first; what is kept here are its very words, and each date is a claim with its place in them.</p>
${deskForm(
  context.who,
  "/desk/replies",
  html`${field("asked_of", "Who was asked", { required: true, value: asked_of })}${field("channel", "By which channel", { required: true, hint: "Such as: mail to their press office. It becomes public: no private address." })}
<div class="row">${field("asked_at", "Sent on", { type: "date", value: today(context), required: true })}${field("deadline", "Answer asked for by", { type: "date", value: later(today(context), DAYS_TO_ANSWER), required: true })}${field("reminder", "Remind us on", { type: "date", value: later(today(context), DAYS_TO_REMINDER), hint: "Never public." })}</div>
${field("about", "About", { value: about, hint: "A story’s slug, or a report’s symbol such as S/2024/215: its reply box or annex shows this by itself." })}
${area("wording", "The letter, word for word as it was sent", { rows: 12, required: true })}${area("question", "What the box prints, where the letter has more than 2,000 characters", { rows: 3 })}${field("name", "Its name", { hint: "Left empty, it is made from who was asked and the day.", pattern: "[a-z0-9][a-z0-9.\\-]*" })}
<button class="main-act" data-key="s" data-key-words="Keep the request">Keep</button>
`,
  { className: "letter" },
)}`;

function replyPage(context: SignedInContext, reply: Reply): Html {
  const { who } = context;
  const passed = reply.deadline !== null && reply.deadline < today(context);
  const facts: [string, string | null][] = [
    ["Asked of", reply.asked_of],
    ["Channel", reply.channel],
    ["Sent on", reply.asked_at],
    ["Answer asked for by", reply.deadline],
    ["Reminder to ourselves", reply.reminder],
    ["About", reply.about],
    ["No reply by", reply.silence],
  ];
  const letter = reply.claims.find(({ field: name }) => name === "asked");
  return html`<h1>${reply.asked_of ?? reply.name}</h1>
<p class="hint"><a href="/desk/replies">Right of reply</a>. ${reply.name}: ${STATE_WORDS[reply.state]}. ${{ yes: "All that may be public is.", "not all of it": "Readers do not see all of it yet.", no: "Readers do not see it." }[publicWords(reply)]!} <a href="/desk/subjects/${reply.subject}">Its claims</a></p>
${reply.about !== null && !isThere(context, reply.about) && html`<p class="finding">Neither a story nor a report of the name “${reply.about}” is public here: no reply box shows this until one is.</p>
`}${reply.state === "waiting" && (passed ? html`<p class="finding">The deadline has passed.</p>` : reply.reminder !== null && reply.reminder <= today(context) && html`<p class="finding">Reminder of ${reply.reminder}: ask again, or look whether an answer came.</p>`)}
<table class="facts"><tbody>${facts.filter(([, value]) => value !== null).map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`)}</tbody></table>
${letter && html`<h2>What was asked</h2><blockquote class="words">${letter.value}</blockquote><p class="hint"><a href="/desk/captures/${letter.source.capture}">The letter as it was sent</a></p>`}
${reply.answers.map(
  (claim) => html`<h2>${claim.claimant} answered, ${claim.as_of}</h2><blockquote class="words">${claim.value}</blockquote><p class="hint">${claim.hedge}; <a href="/desk/captures/${claim.source.capture}">read in entry ${claim.source.capture}</a></p>
`,
)}${can(who.user.role, "case.release") && !isPublic(reply) && deskForm(who, `/desk/replies/${reply.name}/release`, html`<button>Make it public</button>`)}${
    can(who.user.role, "case.write")
      ? html`<h2>What they answered</h2>
${deskForm(
  who,
  `/desk/replies/${reply.name}/answer`,
  html`<div class="row">${field("claimant", "Who answers", { value: reply.asked_of ?? "", required: true })}${field("answered_at", "On", { type: "date", value: today(context), required: true })}${choice("hedge", "It is", HEDGES.map((hedge) => [hedge, hedge] as const), { value: "asserted", hint: "“denied” for a denial" })}</div>
${area("text", "Their text, word for word", { rows: 8, required: true })}${area("printed", "What the box prints of a longer text", { rows: 2 })}<button class="main-act">Keep the answer</button>
`,
)}${reply.state === "waiting" && passed && deskForm(who, `/desk/replies/${reply.name}/close`, html`<button>No reply by ${reply.deadline}</button>`)}`
      : nothing
  }`;
}

export const replyRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/replies",
    about: "Requests for a reply: those due, and all.",
    rule: { for: "case.read" },
    query: ["after"],
    run: (context, { query }) => ({ title: "Right of reply", page: listPage(context, query.get("after") ?? ""), wide: true }),
  }),
  deskRoute({
    method: "GET",
    path: "/replies/new",
    about: "The form of a request.",
    rule: { for: "case.write" },
    query: ["about", "asked_of"],
    run: (context, { query }) => ({ title: "Ask somebody", page: askForm(context, { about: query.get("about") ?? "", asked_of: query.get("asked_of") ?? "" }), wide: true }),
  }),
  deskRoute({
    method: "POST",
    path: "/replies",
    about: "Keeps a request in the words that were sent.",
    rule: { for: "case.write" },
    form: Type.Object(
      {
        asked_of: LINE,
        channel: LINE,
        asked_at: DAY,
        deadline: DAY,
        reminder: Type.Optional(DAY),
        about: Type.Optional(LINE),
        wording: LETTER,
        question: PRINTED,
        name: Type.Optional(Type.String({ maxLength: 81 })),
      },
      { additionalProperties: false },
    ),
    async run({ who, write, keep, effects }, { form }) {
      const name = form.name ?? `${slugOf(form.asked_of).slice(0, 60)}-${form.asked_at}`;
      const prepared = await prepareRequest({ put: keep }, { ...form, name }, who.user.handle, effects.clock());
      write("reply.ask", `reply/${name}`, (transaction) => appendRequest(transaction, prepared, who.user.handle));
      return { go: `/desk/replies/${name}` };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/replies/:reply",
    about: "One request with what came of it.",
    rule: { for: "case.read" },
    run(context, { params }) {
      const reply = replyOf(context, params);
      return { title: reply.asked_of ?? reply.name, page: replyPage(context, reply) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/replies/:reply/answer",
    about: "Keeps their text, word for word.",
    rule: { for: "case.write" },
    form: Type.Object({ claimant: LINE, answered_at: DAY, hedge: oneOf(HEDGES), text: LETTER, printed: PRINTED }, { additionalProperties: false }),
    async run(context, { params, form }) {
      const { name, subject } = replyOf(context, params);
      const prepared = await prepareAnswer({ put: context.keep }, { ...form, name }, context.who.user.handle, context.effects.clock());
      context.write("reply.answer", subject, (transaction) => appendAnswer(transaction, prepared, context.who.user.handle));
      return { go: `/desk/replies/${name}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/replies/:reply/close",
    about: "Records that nothing came by the deadline.",
    rule: { for: "case.write" },
    run(context, { params }) {
      const { name, subject } = replyOf(context, params);
      context.write("reply.close", subject, (transaction) => appendSilence(transaction, name, today(context), context.who.user.handle));
      return { go: `/desk/replies/${name}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/replies/:reply/release",
    about: "Makes a request and what came of it public, the reminder excepted.",
    rule: { for: "case.release" },
    run(context, { params }) {
      const { name, subject } = replyOf(context, params);
      context.write("reply.release", subject, (transaction) => releaseReply(transaction, name, context.who.user.handle));
      return { go: `/desk/replies/${name}` };
    },
  }),
];
