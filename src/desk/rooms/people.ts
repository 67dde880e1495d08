// The administrator's rooms: who belongs to the newsroom, and what was done by whom from where.
import Type from "typebox";
import {
  actChoices,
  actsCsv,
  endSessions,
  giveRole,
  invitationLetter,
  invite,
  listActs,
  readActDay,
  listSessions,
  listUsers,
  removeUser,
  requireUser,
  resetUser,
  RESETS,
  ROLE_NAMES,
  ROLES,
  type Accounts,
  type Act,
  type ActFilter,
  type Invited,
} from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { html, type Html } from "../../site/site.ts";
import { oneOf } from "../../schema.ts";
import { choice, deskForm, field, sentence, toHandOn, when } from "../frame.ts";
import { deskHint } from "./error.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

const ACTS_SHOWN = 100;
const ACTS_EXPORTED_MAX = 100_000;
const ROLE_CHOICES = ROLE_NAMES.map((name) => [name, `${name}: ${ROLES[name].about}`] as const);
const RESET_CHOICES = [
  ["password", "the password: passkeys and codes stay, the link asks for a code where there are codes"],
  ["everything", "everything: passkeys and codes go too"],
] as const;
const role = oneOf(ROLE_NAMES);
const organisation = Type.Optional(Type.String({ maxLength: 200 }));
const organisationField = (value = ""): Html => field("organisation", "Organisation", { value, hint: "Only for a supplier: readers see “supplied by …”." });

type Typed = { handle?: string; address?: string; role?: string; organisation?: string };

/** `refused`: why the invitation did not do, with what was typed. */
function peoplePage({ accounts, who }: SignedInContext, { refused, typed = {} }: { refused?: TracewireError; typed?: Typed } = {}): Html {
  const users = listUsers(accounts);
  return html`<h1>People</h1>
<div class="scroll" tabindex="0"><table><thead><tr><th>Name</th><th>Role</th><th>State</th><th>Ways in</th><th>Address</th><th class="num">Sessions</th></tr></thead><tbody>${users.map(
    ({ id, handle, role: own, organisation, state, has, address }) => html`<tr><td><a href="/desk/people/${handle}">${handle}</a></td><td>${own}${organisation !== null && html`, ${organisation}`}</td><td>${state}</td><td>${[has.password && "password", has.totp && "codes", has.passkeys > 0 && (has.passkeys === 1 ? "a passkey" : `${has.passkeys} passkeys`)].filter(Boolean).join(", ") || "none yet"}</td><td>${address ?? ""}</td><td class="num">${listSessions(accounts, id).length}</td></tr>
`,
  )}</tbody></table></div>
<h2 id="invite">Invite somebody</h2>
${refused && html`<p class="finding" role="alert"><strong>${sentence(refused.message.replace(/^handle: /, "Name: ").replace(/^organisation: /, "Organisation: "))}</strong> ${deskHint(refused)}</p>
`}${deskForm(
  who,
  "/desk/people",
  html`${field("handle", "Name", { value: typed.handle, required: true, pattern: "[a-z][a-z0-9\\-]{1,30}", hint: "Small letters, digits and hyphens, beginning with a letter. Public and for good: the log names entries by it." })}${field("address", "Mail address", { value: typed.address, type: "email", hint: "With one, and a mail server, the link goes by mail; else it is shown to you to hand over." })}${choice("role", "Role", ROLE_CHOICES, { value: typed.role ?? "reporter" })}${organisationField(typed.organisation)}<button class="main-act">Invite</button>
`,
)}`;
}

function personPage({ accounts, who }: SignedInContext, handle: string, wasSent: boolean): Html {
  const user = requireUser(accounts, handle);
  const acts = listActs(accounts, { handle, limit: 10 });
  const running = listSessions(accounts, user.id).length;
  return html`<h1>${user.handle}</h1>
${wasSent && user.address !== null && html`<p class="done" role="status">A letter with the link goes to ${user.address}, by the mail server that is set.</p>
`}<p>${user.role}${user.organisation !== null && html` of ${user.organisation}`}, ${user.state}, since ${when(user.created)}${user.address !== null && html`, ${user.address}`}. ${running === 1 ? "One session runs" : `${running} sessions run`}.</p>
${deskForm(who, `/desk/people/${handle}/role`, html`${choice("role", "Role", ROLE_CHOICES, { value: user.role })}${organisationField(user.organisation ?? "")}<button>Give this role</button> <span class="hint">Their sessions end.</span>`)}<h2>Locked out, left, or stolen from</h2>
${deskForm(who, `/desk/people/${handle}/end-sessions`, html`<button>End their sessions</button>`)}${deskForm(who, `/desk/people/${handle}/reset`, html`${choice("what", "What they lost", RESET_CHOICES, { value: "everything" })}<button>Reset</button> <span class="hint">Sessions end, and a link sets a new password.</span>`)}${deskForm(who, `/desk/people/${handle}/remove`, html`${field("name", "Their name, once more", { required: true })}<button>Remove</button> <span class="hint">Address and credentials are erased. The name stays taken, for the log names it.</span>`)}<h2>Last acts</h2>
${actTable(acts)}<p><a href="/desk/acts?by=${handle}">All acts of ${handle}</a></p>`;
}

/** By mail where there is an address and a mail server (else every user of the machine could read it); or it is shown, once. */
function tellLink({ post, site, mail }: SignedInContext, invited: Invited): DeskAnswer {
  const href = `${site.origin}/desk/join/${invited.token}`;
  const { address } = invited.user;
  if (address !== null && mail.smtp_url !== undefined) {
    post(invitationLetter(invited, href));
    return { go: `/desk/people/${invited.user.handle}?sent=letter` };
  }
  return {
    title: "A link to hand over",
    page: html`<h1>A link to hand over</h1>
<p>${address === null ? `${invited.user.handle} has no mail address here` : "No mail server is set, so no letter leaves"}. Hand this over by a way that you trust; it works once, until ${when(invited.expires)} UTC, and is not shown again.</p>
${toHandOn(href, { opens: false })}
<p><a href="/desk/people">Done</a></p>`,
  };
}

const actTable = (acts: readonly Act[]): Html =>
  acts.length === 0
    ? html`<p>None yet.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>When</th><th>Who</th><th>What</th><th>On what</th><th>From</th><th>Entries</th></tr></thead><tbody>${acts.map(
        ({ at, handle, act, object, network, entries }) => html`<tr><td>${when(at)}</td><td>${handle}</td><td>${act}</td><td>${object}</td><td>${network}</td><td>${entries.join(", ")}</td></tr>
`,
      )}</tbody></table></div>
`;

function filterOf(query: URLSearchParams): ActFilter {
  const [handle, kind, day] = ["by", "kind", "day"].map((name) => query.get(name)?.trim() || undefined);
  if (day !== undefined) readActDay(day);
  return { handle, kind, day };
}

function queryOf({ handle, kind, day }: ActFilter, more: Record<string, string> = {}): string {
  const given = Object.entries({ by: handle, kind, day, ...more }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function filterForm(accounts: Accounts, { handle, kind, day }: ActFilter): Html {
  const { kinds, handles } = actChoices(accounts);
  const all = (names: readonly string[], own = "") => [["", "all"], ...[...new Set([...names, ...(own === "" ? [] : [own])])].map((name) => [name, name] as const)] as const;
  return html`<form method="get" action="/desk/acts" class="row">${choice("by", "Who", all(handles, handle), { value: handle ?? "" })}${choice("kind", "Kind", all(kinds, kind), { value: kind ?? "" })}${field("day", "Day (UTC)", { type: "date", value: day ?? "" })}<button>Show</button></form>
`;
}

export const peopleRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/people",
    about: "Who belongs to the newsroom; inviting.",
    rule: { for: "people.manage" },
    run: (context) => ({ title: "People", page: peoplePage(context), wide: true }),
  }),
  deskRoute({
    method: "POST",
    path: "/people",
    about: "Invites somebody.",
    rule: { for: "people.manage", fresh: true },
    form: Type.Object({ handle: Type.String({ maxLength: 60 }), address: Type.Optional(Type.String({ maxLength: 300 })), role, organisation }, { additionalProperties: false }),
    run(context, { form }) {
      let invited: Invited;
      try {
        invited = invite(context.accounts, form);
      } catch (error) {
        if (!(error instanceof TracewireError) || error.code !== "BAD_ARGUMENT") throw error;
        return { status: error.status, title: "People", wide: true, page: peoplePage(context, { refused: error, typed: form }) };
      }
      context.record("people.invite", `${form.handle} as ${form.role}`);
      return tellLink(context, invited);
    },
  }),
  deskRoute({
    method: "GET",
    path: "/people/:handle",
    about: "One person: role, sessions, reset, removal.",
    rule: { for: "people.manage" },
    query: ["sent"],
    run: (context, { params, query }) => ({ title: params.handle!, page: personPage(context, params.handle!, query.get("sent") === "letter") }),
  }),
  deskRoute({
    method: "POST",
    path: "/people/:handle/role",
    about: "Gives a role; their sessions end.",
    rule: { for: "people.manage", fresh: true },
    form: Type.Object({ role, organisation }, { additionalProperties: false }),
    run({ accounts, record }, { params, form }) {
      giveRole(accounts, params.handle!, form.role, form.organisation);
      record("people.role", `${params.handle!} as ${form.role}`);
      return { go: `/desk/people/${params.handle!}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/people/:handle/end-sessions",
    about: "Ends all sessions of a person.",
    rule: { for: "people.manage" },
    run({ accounts, record }, { params }) {
      const user = requireUser(accounts, params.handle!);
      accounts.change(() => endSessions(accounts, user.id));
      record("people.end-sessions", user.handle);
      return { go: `/desk/people/${user.handle}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/people/:handle/reset",
    about: "Takes all credentials of a person, or the password alone, and sends a link.",
    rule: { for: "people.manage", fresh: true },
    form: Type.Object({ what: Type.Optional(oneOf(RESETS)) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const what = form.what ?? "everything";
      const reset = resetUser(context.accounts, params.handle!, what);
      context.record("people.reset", `${reset.user.handle}, ${what === "password" ? "password alone" : what}`);
      return tellLink(context, reset);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/people/:handle/remove",
    about: "Erases a person's account.",
    rule: { for: "people.manage", fresh: true },
    form: Type.Object({ name: Type.String({ maxLength: 60 }) }, { additionalProperties: false }),
    run({ accounts, record }, { params, form }) {
      if (form.name !== params.handle) throw new TracewireError("BAD_ARGUMENT", { what: `name: this is not “${params.handle!}”`, where: "name", hint: "Nobody was removed. Type the name of whom you mean." });
      const user = removeUser(accounts, params.handle!);
      record("people.remove", user.handle);
      return { go: "/desk/people" };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/acts",
    about: "The record of acts: who, when, what, from where.",
    rule: { for: "acts.read" },
    query: ["by", "kind", "day", "before"],
    run({ accounts }, { query }) {
      const filter = filterOf(query);
      const acts = listActs(accounts, { ...filter, before: Number(query.get("before")) || undefined, limit: ACTS_SHOWN });
      const next = acts.length === ACTS_SHOWN ? `/desk/acts${queryOf(filter, { before: String(acts.at(-1)!.id) })}` : undefined;
      return {
        title: "Acts",
        wide: true,
        page: html`<h1>Acts</h1>
<p class="hint">The log says in public who made an entry. Here stands, for the newsroom alone, every act with its network (/24 or /64), or the command line and the system's user. <a href="/desk/acts.csv${queryOf(filter)}">${queryOf(filter) === "" ? "All" : "These"} as CSV</a></p>
${filterForm(accounts, filter)}${actTable(acts)}${next !== undefined && html`<p><a href="${next}" rel="next">Older ones</a></p>`}`,
      };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/acts.csv",
    about: "The record of acts as a file.",
    rule: { for: "acts.read", fresh: true },
    query: ["by", "kind", "day"],
    run({ accounts, record }, { query }) {
      const acts = listActs(accounts, { ...filterOf(query), limit: ACTS_EXPORTED_MAX });
      record("acts.export", `${acts.length} acts`);
      return { file: { name: "acts.csv", type: "text/csv; charset=utf-8", bytes: actsCsv(acts) } };
    },
  }),
];
