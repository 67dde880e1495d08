// Coming in and going out: password (with a code, where one is set up), passkey, the links of invitations; and proving once
// more who it is.
import Type from "typebox";
import {
  ATTEMPTS_IN_WORDS,
  confirmSession,
  endSession,
  enterByLink,
  passkeyToUse,
  PASSWORD_CHARS_MIN,
  proveAgain,
  proveByPasskey,
  readLink,
  recordAct,
  signIn,
  signInByPasskey,
  type Accounts,
  type Link,
  type SignedIn,
  type User,
} from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { html, type Html } from "../../site/site.ts";
import { deskAssetHref } from "../desk-assets.ts";
import { deskForm, field } from "../frame.ts";
import { deskRoute, type DeskRoute } from "../route.ts";

/** An address of the desk and nothing else: no other site, no second host behind two slashes. */
export function safeNext(text: string | null | undefined): string {
  return /^\/desk(\/(?!\/)[\w./~%-]*)?(\?[\w=&%.~+-]*)?$/.test(text ?? "") && !/\/\/|\.\./.test(text!) ? text! : "/desk";
}

const short = (maxLength: number) => Type.String({ maxLength });
const NEXT = Type.Optional(short(2_000));
/** JSON of the browser's answer; what is in it the library checks. */
const passkeyAnswer = Type.String({ minLength: 2, maxLength: 20_000 });

const passkeyScript = () => html`<script type="module" src="${deskAssetHref("passkey.js")}"></script>`;
const passkeyButton = (options: string, answer: string, next: string, words: string): Html =>
  html`<p><button type="button" class="passkey" data-options="${options}" data-answer="${answer}" data-next="${next}" hidden>${words}</button> <span class="hint" data-passkey-says role="status"></span></p>
${passkeyScript()}`;

export const signInRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/sign-in",
    about: "Sign in.",
    rule: { for: "anyone", because: "it shows a form; limits and equal answers are in what takes it" },
    query: ["next"],
    run({ who }, { query }) {
      const next = safeNext(query.get("next"));
      return {
        title: "Sign in",
        page: html`<h1>Sign in</h1>
${who && html`<p class="done">You are signed in as ${who.user.handle}. <a href="${next}">Go on</a></p>
`}${passkeyButton("/desk/sign-in/passkey-options", "/desk/sign-in/passkey", next, "Sign in with a passkey")}
${deskForm(
  undefined,
  "/desk/sign-in",
  html`${field("who", "Address or name", { autocomplete: "username webauthn", required: true })}${field("password", "Password", { type: "password", autocomplete: "current-password", required: true })}${field("code", "Code", { autocomplete: "one-time-code", hint: "Only if you have set up an app for codes. A recovery code does, too." })}<input type="hidden" name="next" value="${next}">
<button class="main-act">Sign in</button>
`,
)}<p class="hint">After ${ATTEMPTS_IN_WORDS} nothing more is tried. Whoever came from a link and was signed in: <a href="${next}">go on</a>.</p>`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/sign-in",
    about: "Takes name, password and code.",
    rule: { for: "anyone", because: "limits by name and network; one answer, after the same work, whoever is asked for" },
    form: Type.Object({ who: short(300), password: short(2_000), code: Type.Optional(short(60)), next: NEXT }, { additionalProperties: false }),
    async run({ accounts, where, who }, { form }) {
      const { user, token, how } = await signIn(accounts, { ...form, code: form.code ?? "" }, where);
      endFormer(accounts, who);
      accounts.change(() => recordAct(accounts, { user, network: where.network }, "session.begin", how));
      return { go: safeNext(form.next), session: token };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/sign-in/passkey-options",
    about: "A challenge for a passkey; it names nobody.",
    rule: { for: "anyone", because: "a challenge is a random number with our seal; nothing is written for it" },
    async run({ accounts, site }) {
      return { json: await passkeyToUse(accounts, site, undefined) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/sign-in/passkey",
    about: "Takes a passkey's answer.",
    rule: { for: "anyone", because: "the passkey's signature over a challenge that counts once" },
    form: Type.Object({ answer: passkeyAnswer }, { additionalProperties: false }),
    async run({ accounts, site, where, who }, { form }) {
      const { user, token } = await signInByPasskey(accounts, site, parseAnswer(form.answer), where);
      endFormer(accounts, who);
      accounts.change(() => recordAct(accounts, { user, network: where.network }, "session.begin", "passkey"));
      return { json: { signed_in: user.handle }, session: token };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/sign-out",
    about: "Ends this session.",
    rule: { for: "signed-in", with_one_factor: "always" },
    run({ accounts, who, record }) {
      record("session.end", `session ${who.session.id}`);
      endSession(accounts, who.session.id);
      return { go: "/desk/sign-in", session: "end" };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/join/:link",
    about: "Where an invitation, a reset, or the first administrator's link leads.",
    rule: { for: "anyone", because: "the link is a secret of 256 bits; looking spends nothing" },
    run({ accounts }, { params }) {
      const link = readLink(accounts, params.link!);
      if (!link) throw new TracewireError("LINK_SPENT");
      return { title: "Come in", page: joinPage(link, params.link!) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/join/:link",
    about: "Spends the link: the account is open.",
    rule: { for: "anyone", because: "the link is a secret of 256 bits, counts once and expires" },
    form: Type.Object({ password: short(2_000), handle: Type.Optional(short(60)), address: Type.Optional(short(300)), code: Type.Optional(short(60)) }, { additionalProperties: false }),
    async run({ accounts, where, who }, { params, form }) {
      const link = readLink(accounts, params.link!);
      let entered: Awaited<ReturnType<typeof enterByLink>>;
      try {
        entered = await enterByLink(accounts, params.link!, form, where);
      } catch (error) {
        // A word that does not do is said in the form; a link that is spent has none.
        if (!link || !(error instanceof TracewireError) || !["BAD_PASSWORD", "BAD_ARGUMENT", "WRONG_CREDENTIALS"].includes(error.code)) throw error;
        return { status: error.status, title: "Come in", page: joinPage(link, params.link!, { refused: error, handle: form.handle, address: form.address }) };
      }
      const { user, token, purpose } = entered;
      endFormer(accounts, who);
      accounts.change(() => recordAct(accounts, { user, network: where.network }, `account.${purpose === "reset" ? "return" : purpose}`, user.handle));
      return { go: "/desk/account", session: token };
    },
  }),
  deskRoute({
    method: "GET",
    path: "/confirm",
    about: "Proving once more who it is, before a dangerous act.",
    rule: { for: "signed-in", with_one_factor: "to set up another" },
    query: ["next"],
    run({ who }, { query }) {
      const next = safeNext(query.get("next"));
      return {
        title: "Confirm that it is you",
        page: html`<h1>Confirm that it is you</h1>
<p>What you are about to do could lock people out or give things away.</p>
${who.user.has.passkeys > 0 && passkeyButton("/desk/confirm/passkey-options", "/desk/confirm/passkey", next, "Confirm with a passkey")}
${
  who.user.has.password &&
  deskForm(
    who,
    "/desk/confirm",
    html`<input type="hidden" autocomplete="username" value="${who.user.handle}">
${field("password", "Password", { type: "password", autocomplete: "current-password", required: true })}${who.user.has.totp && field("code", "Code", { autocomplete: "one-time-code" })}<input type="hidden" name="next" value="${next}">
<button class="main-act">Confirm</button>
`,
  )
}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/confirm",
    about: "Takes the password (and code) again.",
    rule: { for: "signed-in", with_one_factor: "to set up another" },
    form: Type.Object({ password: short(2_000), code: Type.Optional(short(60)), next: NEXT }, { additionalProperties: false }),
    async run({ accounts, who, where, record }, { form }) {
      await proveAgain(accounts, who.user, { password: form.password, code: form.code ?? "" }, where);
      record("session.confirm", who.user.has.totp ? "password and code" : "password");
      return { go: safeNext(form.next), session: confirmSession(accounts, who.session.id) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/confirm/passkey-options",
    about: "A challenge for one's own passkey.",
    rule: { for: "signed-in" },
    async run({ accounts, site, who }) {
      return { json: await passkeyToUse(accounts, site, who.user) };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/confirm/passkey",
    about: "Takes one's own passkey's answer.",
    rule: { for: "signed-in" },
    form: Type.Object({ answer: passkeyAnswer }, { additionalProperties: false }),
    async run({ accounts, site, who, record }, { form }) {
      await proveByPasskey(accounts, who.user, site, parseAnswer(form.answer));
      record("session.confirm", "passkey");
      return { json: { confirmed: true }, session: confirmSession(accounts, who.session.id) };
    },
  }),
];

const keepsSecondStep = ({ has }: User): boolean => has.totp || has.passkeys > 0;

/** `refused`: why the form did not do, with what was typed but the password. */
function joinPage(link: Link, token: string, { refused, ...typed }: { refused?: TracewireError; handle?: string; address?: string } = {}): Html {
  const isFirst = link.purpose === "first";
  return html`<h1>${isFirst ? "The first administrator" : `Welcome, ${link.user!.handle}`}</h1>
<p>${
          isFirst
            ? "You run this newsroom. Choose the name under which the log will show what you do: it is public and for good."
            : link.purpose === "join"
              ? `You are invited as ${link.user!.role}. The log names what you do here as “${link.user!.handle}”, in public and for good.`
              : `Your account was reset. Choose a new password; ${keepsSecondStep(link.user!) ? "your second step is as it was." : "passkeys and codes you set up again afterwards."}`
        }</p>
${refused && html`<p class="finding" role="alert"><strong>${refused.message}.</strong> ${refused.hint}</p>
`}${deskForm(
  undefined,
  `/desk/join/${token}`,
  html`${
    isFirst
      ? html`${field("handle", "Name", { value: typed.handle, required: true, autocomplete: "username", hint: "Small letters, digits and hyphens.", pattern: "[a-z][a-z0-9\\-]{1,30}" })}${field("address", "Mail address", { value: typed.address, type: "email", autocomplete: "email", hint: "Not needed. Never shown to readers." })}`
      : html`<input type="hidden" autocomplete="username" value="${link.user!.handle}">
`
  }${field("password", "Password", { type: "password", autocomplete: "new-password", required: true, hint: `${PASSWORD_CHARS_MIN} characters or more; a sentence is easy to remember. A passkey can be added afterwards.` })}${link.user?.has.totp && field("code", "Code", { autocomplete: "one-time-code", required: true, hint: "From your app, or a recovery code." })}<button class="main-act">Come in</button>
`,
)}`;
}

/** Who signs in anew in a browser leaves no session behind in it that nobody holds a cookie of. */
function endFormer(accounts: Accounts, who: SignedIn | undefined): void {
  if (who) endSession(accounts, who.session.id);
}

export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new TracewireError("BAD_ARGUMENT", { what: "answer: this is no JSON", cause: error });
  }
}
