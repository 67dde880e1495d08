// One's own account: password, passkeys, codes, sessions. Whatever could lock a thief in or the owner out asks for fresh proof.
import Type from "typebox";
import {
  beginTotp,
  changePassword,
  dropPasskey,
  dropTotp,
  endSession,
  finishTotp,
  keepPasskey,
  listPasskeys,
  listSessions,
  makeRecoveryCodes,
  passkeyToMake,
  pendingTotp,
  PASSWORD_CHARS_MIN,
  provePassword,
  type Enrolment,
  type SignedIn,
} from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { html, type Html } from "../../site/site.ts";
import { deskAssetHref } from "../desk-assets.ts";
import { deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskRoute, type SignedInContext } from "../route.ts";
import { qrPicture } from "../qr-picture.ts";
import { parseAnswer } from "./sign-in.ts";

const short = (maxLength: number) => Type.String({ maxLength });
const id = (text: string | undefined): number => Number(text);

function accountPage(context: SignedInContext): Html {
  const { accounts, who } = context;
  const { user } = who;
  return html`<h1>Your account</h1>
<p><strong>${user.handle}</strong>, ${user.role}${user.address !== null && html`, ${user.address}`}. The log names what you do as “${user.handle}”.</p>
<h2 id="passkeys">Passkeys</h2>
<p class="hint">A passkey signs you in with this device’s lock. It cannot be phished, and no code is asked besides.</p>
${passkeyTable(context)}<div class="row"><label class="field"><span>Name of a new passkey</span><input id="passkey-name" autocomplete="off" value=""></label><button type="button" class="passkey" data-options="/desk/account/passkey-options" data-answer="/desk/account/passkeys" data-next="/desk/account" data-csrf="${who.csrf}" data-make hidden>Add a passkey</button></div>
<p class="hint" data-passkey-says role="status"></p>
<script type="module" src="${deskAssetHref("passkey.js")}"></script>
<h2 id="codes">Codes by app</h2>
${
  user.has.totp
    ? html`<p>Signing in by password asks for a code of your app. ${user.has.codes} recovery codes are left.</p>
${deskForm(who, "/desk/account/recovery-codes", html`<button>New recovery codes</button>`)}${deskForm(who, "/desk/account/codes/stop", html`<button>Stop asking for codes</button>`)}`
    : html`<p>Not set up. ${user.has.passkeys === 0 && "Without a passkey you should: a password can be guessed or read by others."}</p>
${deskForm(who, "/desk/account/codes", html`<button>Set up an app</button>`)}`
}<h2 id="password">Password</h2>
${deskForm(who, "/desk/account/password", html`<input type="hidden" autocomplete="username" value="${user.handle}">
${user.has.password && field("current", "Password until now", { type: "password", autocomplete: "current-password", required: true })}${field("password", "New password", { type: "password", autocomplete: "new-password", required: true, hint: `${PASSWORD_CHARS_MIN} characters or more. Your other sessions end.` })}<button>Change</button>`)}<h2 id="sessions">Sessions</h2>
<div class="scroll" tabindex="0"><table><thead><tr><th>Begun</th><th>Last seen</th><th>From</th><th>By</th><th>Browser</th><th>Acts</th></tr></thead><tbody>${listSessions(accounts, user.id).map(
    (session) => html`<tr><td>${when(session.created)}</td><td>${when(session.seen)}</td><td>${session.network}</td><td>${session.how}</td><td>${browserWords(session.agent)}</td><td>${
      session.id === who.session.id ? "this one" : deskForm(who, `/desk/account/sessions/${session.id}/end`, html`<button>End</button>`)
    }</td></tr>
`,
  )}</tbody></table></div>`;
}

const BROWSERS = [["Edg", "Edge"], ["OPR", "Opera"], ["Firefox", "Firefox"], ["FxiOS", "Firefox"], ["SamsungBrowser", "Samsung Internet"], ["CriOS", "Chrome"], ["HeadlessChrome", "Chrome"], ["Chrome", "Chrome"], ["Version", "Safari"]] as const;
const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "CrOS", "Mac OS X", "Linux"] as const;
const AGENT_CHARS_SHOWN = 120;

/** "Firefox 140, Linux": enough to know one's own by. Every browser names those it came from as well; the first that fits is meant. */
export function browserWords(agent: string): string {
  const found = BROWSERS.find(([sign]) => agent.includes(`${sign}/`));
  if (!found || !agent.startsWith("Mozilla/")) return agent.slice(0, AGENT_CHARS_SHOWN);
  const version = agent.slice(agent.indexOf(`${found[0]}/`) + found[0].length + 1).split(/[.\s;)]/)[0];
  const system = SYSTEMS.find((name) => agent.includes(name));
  return `${found[1]} ${version ?? ""}${system ? `, ${system}` : ""}`;
}

const ISSUER = "Tracewire";
const SET_UP = "Set up an app for codes";

/** `refused`: why the code that was typed is none of this secret's. */
function setUpPage(who: SignedIn, { secret, uri }: Enrolment, refused?: TracewireError): Html {
  return html`<h1>${SET_UP}</h1>
${refused && html`<p class="finding" role="alert"><strong>${refused.message}.</strong> ${refused.hint}</p>
`}<p>Scan this with the app, or on a telephone <a href="${uri}">open it in the app</a>. Else type the secret below it into the app. Then type here the code that the app shows.</p>
${qrPicture(uri, "The secret as a QR code")}<p class="secret">${secret.replace(/(.{4})(?=.)/g, "$1 ")}</p>
${deskForm(who, "/desk/account/codes/prove", html`<input type="hidden" name="secret" value="${secret}">${field("code", "Code that the app shows", { autocomplete: "one-time-code", required: true })}<button class="main-act">Set up</button>`)}`;
}

function passkeyTable({ accounts, who }: SignedInContext): Html {
  const passkeys = listPasskeys(accounts, who.user.id);
  if (passkeys.length === 0) return html`<p>None yet.</p>
`;
  return html`<div class="scroll" tabindex="0"><table><thead><tr><th>Name</th><th>Made</th><th>Last used</th><th>Acts</th></tr></thead><tbody>${passkeys.map(
    (passkey) => html`<tr><td>${passkey.name}</td><td>${when(passkey.created)}</td><td>${passkey.used === null ? "never" : when(passkey.used)}</td><td>${deskForm(who, `/desk/account/passkeys/${passkey.id}/remove`, html`<button>Remove</button>`)}</td></tr>
`,
  )}</tbody></table></div>
`;
}

const shownOnce = (codes: readonly string[]): Html => html`<h1>Recovery codes</h1>
<p>Print them or write them down; they are not shown again. Each takes the place of an app’s code once.</p>
<ul class="codes">${codes.map((code) => html`<li>${code}</li>`)}</ul>
<p><a href="/desk/account">Done</a></p>`;

export const accountRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/account",
    about: "One's own account: passkeys, codes, password, sessions.",
    rule: { for: "signed-in", with_one_factor: "to set up another" },
    run: (context) => ({ title: "Your account", page: accountPage(context) }),
  }),
  deskRoute({
    method: "POST",
    path: "/account/passkey-options",
    about: "What a browser needs to make a passkey.",
    rule: { for: "signed-in", fresh: true, with_one_factor: "to set up another" },
    async run({ accounts, who, site }) {
      return { json: await passkeyToMake(accounts, who.user, site) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/account/passkeys",
    about: "Keeps a passkey.",
    rule: { for: "signed-in", fresh: true, with_one_factor: "to set up another" },
    form: Type.Object({ answer: Type.String({ minLength: 2, maxLength: 40_000 }), name: Type.Optional(short(60)) }, { additionalProperties: false }),
    async run({ accounts, who, site, record }, { form }) {
      await keepPasskey(accounts, who.user, site, parseAnswer(form.answer), form.name ?? "", who.session.id);
      record("account.passkey.add", form.name ?? "Passkey");
      return { json: { kept: true } };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/account/passkeys/:passkey/remove",
    about: "Removes one's own passkey.",
    rule: { for: "signed-in", object: "passkey", fresh: true },
    run({ accounts, who, record }, { params }) {
      dropPasskey(accounts, who.user, id(params.passkey));
      record("account.passkey.remove", `passkey ${params.passkey!}`);
      return { go: "/desk/account#passkeys" };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/account/codes",
    about: "One's own account, for who comes back: a secret is shown once, to who asked for it.",
    rule: { for: "signed-in", with_one_factor: "to set up another" },
    run: (context) => ({ title: "Your account", page: accountPage(context) }),
  }),
  deskRoute({
    method: "POST",
    path: "/account/codes",
    about: "Begins to set up an app for codes.",
    rule: { for: "signed-in", fresh: true, with_one_factor: "to set up another" },
    run({ accounts, who, record }) {
      const begun = beginTotp(accounts, who.user, ISSUER);
      record("account.codes.try", who.user.handle);
      return { title: SET_UP, page: setUpPage(who, begun) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/account/codes/prove",
    about: "Takes the app's first code; shows the recovery codes, once.",
    rule: { for: "signed-in", fresh: true, with_one_factor: "to set up another" },
    form: Type.Object({ code: short(20), secret: Type.Optional(short(64)) }, { additionalProperties: false }),
    run({ accounts, who, record }, { form }) {
      let codes: string[];
      try {
        codes = finishTotp(accounts, who.user, form.code, who.session.id);
      } catch (error) {
        const same = pendingTotp(accounts, who.user, ISSUER, form.secret ?? "");
        if (!(error instanceof TracewireError) || !same) throw error;
        return { status: error.status, title: SET_UP, page: setUpPage(who, same, error) };
      }
      record("account.codes.begin", who.user.handle);
      return { title: "Recovery codes", page: shownOnce(codes) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/account/codes/stop",
    about: "Asks for codes no more.",
    rule: { for: "signed-in", fresh: true },
    run({ accounts, who, record }) {
      dropTotp(accounts, who.user);
      record("account.codes.stop", who.user.handle);
      return { go: "/desk/account#codes" };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/account/recovery-codes",
    about: "New recovery codes, shown once; the old ones are void.",
    rule: { for: "signed-in", fresh: true },
    run({ accounts, who, record }) {
      const codes = accounts.change(() => makeRecoveryCodes(accounts, who.user.id));
      record("account.recovery-codes", who.user.handle);
      return { title: "Recovery codes", page: shownOnce(codes) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/account/password",
    about: "Changes one's password, for who knows the present one; other sessions end.",
    rule: { for: "signed-in", fresh: true },
    form: Type.Object({ password: short(2_000), current: Type.Optional(short(2_000)) }, { additionalProperties: false }),
    async run({ accounts, who, where, record }, { form }) {
      if (who.user.has.password) await provePassword(accounts, who.user, form.current ?? "", where);
      await changePassword(accounts, who.user, form.password, who.session.id);
      record("account.password", who.user.handle);
      return { go: "/desk/account#password" };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/account/sessions/:session/end",
    about: "Ends one of one's own sessions.",
    rule: { for: "signed-in", object: "session", fresh: true },
    run({ accounts, record }, { params }) {
      endSession(accounts, id(params.session));
      record("session.end", `session ${params.session!}`);
      return { go: "/desk/account#sessions" };
    },
  }),
];
