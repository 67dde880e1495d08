// Programs elsewhere: keys by which they read and write, webhooks by which they are told. The same stores as `tracewire key`
// and `tracewire webhook`. A secret is in the one answer that made it.
import Type from "typebox";
import { isWriteScope, keyState, openKeyStore, readExpiry, SCOPE_NAMES, SCOPES, type Key } from "../../api/api.ts";
import { TracewireError } from "../../errors.ts";
import { html, type Html } from "../../site/site.ts";
import { EVENT_TYPES, openWebhookStore, SECRET_OVERLAP_MS, type EventType, type Webhook, type WebhookStore } from "../../webhooks/webhooks.ts";
import { deskForm, field, toHandOn, when } from "../frame.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

const DELIVERIES_SHOWN = 200;
const EVENT_NAMES = Object.keys(EVENT_TYPES) as EventType[];
const NAME = Type.String({ maxLength: 60 });
const WORDS = Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { maxItems: 20 }));
const ENTRY = Type.Optional(Type.String({ pattern: "^\\d{1,9}$" }));

type Keys = ReturnType<typeof openKeyStore>;

function withKeys<T>({ newsroom, effects }: SignedInContext, use: (keys: Keys) => T): T {
  const keys = openKeyStore(newsroom.folder, effects);
  try {
    return use(keys);
  } finally {
    keys.close();
  }
}

function withHooks<T>({ newsroom, effects }: SignedInContext, use: (store: WebhookStore) => T): T {
  const store = openWebhookStore(newsroom.folder, effects);
  try {
    return use(store);
  } finally {
    store.close();
  }
}

/** Boxes of one name, each with what it means. */
const boxes = (name: string, legend: string, all: readonly (readonly [value: string, about: string])[], checked: readonly string[] = []): Html =>
  html`<fieldset class="field"><legend>${legend}</legend>${all.map(
    ([value, about]) => html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${checked.includes(value) && html` checked`}> ${value} <small>${about}</small></label>
`,
  )}</fieldset>
`;

const secretPage = (title: string, secret: string, about: Html, back: string): DeskAnswer => ({
  title,
  page: html`<h1>${title}</h1>
<p>${about} It is not shown again.</p>
${toHandOn(secret, { opens: false })}
<p><a href="${back}">Done</a></p>`,
});

function keysPage(context: SignedInContext): DeskAnswer {
  const { who, effects } = context;
  const [all, now] = [withKeys(context, (keys) => keys.list()).reverse(), effects.clock()];
  const isInForce = ({ revoked, expires }: Key) => revoked === null && (expires === null || expires > now);
  return {
    title: "Keys",
    wide: true,
    page: html`<h1>Keys</h1>
<p class="hint">A program that sends one reads at <a href="${context.publicHref("/docs/api")}">/v1</a> what is not public, or writes; what it writes is signed key:NAME in the log. Kept is a hash: a key that was lost is revoked, not looked up.</p>
${
  all.length === 0
    ? html`<p>There is none. Make one below: it is shown once.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Name</th><th>Opens</th><th>Made</th><th>State</th><th>Acts</th></tr></thead><tbody>${all.map(
        (key) => html`<tr><td>${key.name}</td><td>${key.scopes.join(", ")}</td><td>${when(key.created)}</td><td>${keyState(key, now)}</td><td>${isInForce(key) && deskForm(who, `/desk/keys/${key.id}/revoke`, html`<button>Revoke</button>`)}</td></tr>
`,
      )}</tbody></table></div>
`
}<h2 id="make">Make a key</h2>
${deskForm(
      who,
      "/desk/keys",
      html`${field("name", "Name", { required: true, pattern: "[\\w .\\-]{1,60}", hint: "Of one that writes: for good, for the log names its entries by it." })}${boxes("scope", "It opens", SCOPE_NAMES.map((name) => [name, SCOPES[name]] as const))}${field("expires", "Until", { hint: "2027-01-31, or 2027-01-31T18:00:00Z; from then on it opens nothing. Left out: until it is revoked." })}<button class="main-act">Make the key</button>
`,
    )}`,
  };
}

function hooksPage(context: SignedInContext): DeskAnswer {
  const all = withHooks(context, (store) => store.list());
  return {
    title: "Webhooks",
    wide: true,
    page: html`<h1>Webhooks</h1>
<p class="hint">Programs elsewhere are told, signed, of what becomes public: <a href="${context.publicHref("/docs/webhooks")}">what they get and how they check it</a>. They are told while the site runs.</p>
${
  all.length === 0
    ? html`<p>There is none. Add one below: its secret is shown once.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Name</th><th>Address</th><th>Told of</th><th class="num">Sent</th><th class="num">Waiting</th><th class="num">Given up</th><th>Last trouble</th></tr></thead><tbody>${all.map(
        (hook) => html`<tr><td><a href="/desk/webhooks/${hook.name}">${hook.name}</a></td><td>${hook.url}</td><td>${eventWords(hook)}</td><td class="num">${hook.sent}</td><td class="num">${hook.waiting}</td><td class="num">${hook.given_up}</td><td>${hook.last ?? ""}${hook.next_at !== null && html`, tried again ${when(hook.next_at)}`}</td></tr>
`,
      )}</tbody></table></div>
`
}<h2 id="add">Add a webhook</h2>
${deskForm(
      context.who,
      "/desk/webhooks",
      html`<div class="row">${field("name", "Name", { required: true, pattern: "[a-z0-9][a-z0-9\\-]{0,39}", hint: "Small letters, digits and hyphens; part of each message's identifier." })}${field("url", "Address", { type: "url", required: true, hint: "https alone. One of this machine or network: tracewire webhook add --here." })}</div>
${boxes("event", "It is told of", EVENT_NAMES.map((name) => [name, EVENT_TYPES[name]] as const), EVENT_NAMES)}<button class="main-act">Add it</button>
`,
    )}`,
  };
}

const eventWords = ({ events }: Pick<Webhook, "events">): string => (events.length === EVENT_NAMES.length ? "everything" : events.join(", "));

function hookPage(context: SignedInContext, name: string, did: string | null): DeskAnswer {
  const { who } = context;
  const { hook, told } = withHooks(context, (store) => {
    const told = store.deliveries(name, DELIVERIES_SHOWN);
    return { hook: store.list().find((one) => one.name === name)!, told };
  });
  const path = `/desk/webhooks/${name}`;
  return {
    title: name,
    wide: true,
    page: html`<h1>${name}</h1>
${/^\d{1,9}$/.test(did ?? "") && html`<p class="done" role="status">${did === "0" ? "Nothing there of which it is told." : `${did === "1" ? "One event waits" : `${did!} events wait`} to be sent, under the identifiers they had.`}</p>
`}<p>${hook.url}, since ${when(hook.created)}. Told of ${eventWords(hook)}. ${hook.sent} sent, ${hook.waiting} waiting, ${hook.given_up} given up${hook.next_at !== null && html`; tried again ${when(hook.next_at)}`}. <a href="/desk/webhooks">Webhooks</a></p>
<h2>Deliveries</h2>
${
  told.length === 0
    ? html`<p>Nothing has happened yet of which it is told.</p>
`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th>Entry</th><th>When</th><th>Outcome</th><th>Answer</th><th>Acts</th></tr></thead><tbody>${told.map(
        ({ entry, at, outcome, answer }) => html`<tr><td><a href="${context.publicHref(`/log/${entry}`)}">${entry}</a></td><td>${when(at)}</td><td>${outcome}</td><td>${answer ?? ""}</td><td>${outcome !== "waiting" && outcome !== "gone" && deskForm(who, `${path}/replay`, html`<input type="hidden" name="entry" value="${entry}"><button>Send again</button>`)}</td></tr>
`,
      )}</tbody></table></div>
`
}<h2>Again, anew, no more</h2>
${deskForm(who, `${path}/replay`, html`${field("from", "Everything from entry", { required: true, pattern: "\\d{1,9}" })}<button>Send again</button> <span class="hint">Each under the identifier it had: a receiver can tell.</span>`)}${deskForm(who, `${path}/rotate`, html`<label class="check"><input type="checkbox" name="at_once" value="yes"> The former one is known to others: it signs nothing any more</label>
<button>New secret</button> <span class="hint">Else the former one signs beside it for a day.</span>`)}${deskForm(who, `${path}/remove`, html`${field("name", "Its name, once more", { required: true })}<button>Remove</button> <span class="hint">What waits for it is dropped.</span>`)}`,
  };
}

export const programRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/keys",
    about: "Keys of programs; making one.",
    rule: { for: "programs.manage" },
    run: (context) => keysPage(context),
  }),
  deskRoute({
    method: "POST",
    path: "/keys",
    about: "Makes a key; it is shown once.",
    rule: { for: "programs.manage", fresh: true },
    form: Type.Object({ name: NAME, scope: WORDS, expires: Type.Optional(Type.String({ maxLength: 40 })) }, { additionalProperties: false }),
    run(context, { form }) {
      const { key, token } = withKeys(context, (keys) => keys.add(form.name, form.scope ?? [], form.expires === undefined ? undefined : readExpiry(form.expires)));
      context.record("key.add", [key.name, ...key.scopes.map((scope) => `--scope ${scope}`), ...(key.expires === null ? [] : [`--expires ${key.expires}`])].join(" "));
      const about = html`The key ${key.name} ${key.scopes.some(isWriteScope) ? "writes, and opens" : "opens"} ${key.scopes.join(", ")}${key.expires !== null && html`, until ${when(key.expires)} UTC`}. A program sends it as <code>Authorization: Bearer …</code>.`;
      return secretPage("A key", token, about, "/desk/keys");
    },
  }),
  deskRoute({
    method: "POST",
    path: "/keys/:key/revoke",
    about: "Ends a key: from the next request on it opens nothing.",
    rule: { for: "programs.manage", fresh: true },
    run(context, { params }) {
      const { name } = withKeys(context, (keys) => {
        const found = keys.list().find(({ id }) => String(id) === params.key);
        if (!found) throw new TracewireError("NOT_FOUND", { what: "There is no such key" });
        return keys.revoke(found.name);
      });
      context.record("key.revoke", name);
      return { go: "/desk/keys" };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/webhooks",
    about: "Programs that are told of what becomes public; adding one.",
    rule: { for: "programs.manage" },
    run: (context) => hooksPage(context),
  }),
  deskRoute({
    method: "POST",
    path: "/webhooks",
    about: "Adds a webhook; its secret is shown once.",
    rule: { for: "programs.manage", fresh: true },
    form: Type.Object({ name: NAME, url: Type.String({ maxLength: 1_000 }), event: WORDS }, { additionalProperties: false }),
    run(context, { form }) {
      const events = form.event ?? [];
      // By this form an address of the machine's own network is never named: whoever has an account here has no business there.
      const { hook, secret } = withHooks(context, (store) => store.add({ name: form.name, url: form.url, events, is_here: false }, context.newsroom.log));
      context.record("webhook.add", [hook.name, hook.url, ...events.map((event) => `--event ${event}`)].join(" "));
      return secretPage("A secret", secret, html`${hook.name} is told of ${eventWords(hook)} from now on, while the site runs; what is sent is signed by this secret.`, `/desk/webhooks/${hook.name}`);
    },
  }),
  deskRoute({
    method: "GET",
    path: "/webhooks/:hook",
    about: "One webhook: what waits, what it answered, sending again, a new secret.",
    rule: { for: "programs.manage" },
    query: ["queued"],
    run: (context, { params, query }) => hookPage(context, params.hook!, query.get("queued")),
  }),
  deskRoute({
    method: "POST",
    path: "/webhooks/:hook/rotate",
    about: "A new secret, shown once.",
    rule: { for: "programs.manage", fresh: true },
    form: Type.Object({ at_once: Type.Optional(Type.Literal("yes")) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const name = params.hook!;
      const { secret, until } = withHooks(context, (store) => store.rotate(name, form.at_once ? 0 : SECRET_OVERLAP_MS));
      context.record("webhook.rotate", `${name}${form.at_once ? " --at-once" : ""}`);
      const about = form.at_once ? html`${name} is signed by this secret alone from now on.` : html`${name} is signed by this secret and by the former one until ${when(until)} UTC, then by this one alone.`;
      return secretPage("A new secret", secret, about, `/desk/webhooks/${name}`);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/webhooks/:hook/replay",
    about: "Sends one event again, or all from an entry on.",
    rule: { for: "programs.manage" },
    form: Type.Object({ from: ENTRY, entry: ENTRY }, { additionalProperties: false }),
    run(context, { params, form: { from, entry } }) {
      const name = params.hook!;
      if ((from === undefined) === (entry === undefined)) throw new TracewireError("BAD_ARGUMENT", { what: "from: from which entry on, or which one", where: "from", hint: "Give one of both." });
      const queued = withHooks(context, (store) => store.replay(name, Number(from ?? entry), context.newsroom.log, context.effects.clock(), { only: entry !== undefined }));
      context.record("webhook.replay", `${name} ${entry === undefined ? `--from ${from!}` : `--entry ${entry}`}`);
      return { go: `/desk/webhooks/${name}?queued=${queued}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/webhooks/:hook/remove",
    about: "Tells a program nothing any more.",
    rule: { for: "programs.manage", fresh: true },
    form: Type.Object({ name: NAME }, { additionalProperties: false }),
    run(context, { params, form }) {
      if (form.name !== params.hook) throw new TracewireError("BAD_ARGUMENT", { what: `name: this is not “${params.hook!}”`, where: "name", hint: "Nothing was removed. Type the name of the one you mean." });
      withHooks(context, (store) => store.remove(params.hook!));
      context.record("webhook.remove", params.hook!);
      return { go: "/desk/webhooks" };
    },
  }),
];
