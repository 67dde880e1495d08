// What a person sees when something does not go: what happened, what to do, and the way back.
import { ERRORS, TracewireError, type ErrorCode } from "../../errors.ts";
import { html, type Html } from "../../site/site.ts";
import { area } from "../frame.ts";
import type { DeskAnswer } from "../route.ts";
import { safeNext } from "./sign-in.ts";

/** Secrets, and what only the page's own script put there. */
const SECRET_FIELDS = new Set(["csrf", "password", "current", "code", "answer", "secret", "act", "seen", "seal"]);

/** Where a fault's own hint is for who types commands. */
const FOR_FORMS: Partial<Record<ErrorCode, string>> = {
  BAD_ARGUMENT: "Mend it, and send the form again.",
  BAD_INPUT: "Mend it, and send it again; nothing was kept.",
  NOT_FOUND: "Look for it by the rooms above.",
};
export const deskHint = ({ code, hint }: TracewireError): string => (hint === ERRORS[code].hint ? (FOR_FORMS[code] ?? hint) : hint);

export function errorBody(error: TracewireError, referer: string | undefined): Html {
  const back = safeNext(pathOf(referer));
  const way =
    error.code === "NOT_SIGNED_IN"
      ? html`<a href="/desk/sign-in?next=${encodeURIComponent(back)}">Sign in</a>`
      : error.code === "CONFIRM_IDENTITY"
        ? html`<a href="/desk/confirm?next=${encodeURIComponent(back)}">Confirm that it is you</a>`
        : error.code === "SECOND_STEP"
          ? html`<a href="/desk/account">Your account</a>`
          : html`<a href="${back}">Back</a>`;
  return html`<h1>${error.message}</h1>
${error.where !== undefined && html`<p class="hint">Where: ${error.where}</p>
`}<p>${deskHint(error)}</p>
<p>${way}</p>
<p class="hint">${error.code}</p>`;
}

/** A session that ended, or has to be proven once more, while somebody wrote: what they sent is not taken, and not lost either. It goes back to who sent it. */
export function handBack({ fields }: { fields: readonly (readonly [string, string])[] }, referer: string | undefined, code: "NOT_SIGNED_IN" | "CONFIRM_IDENTITY"): DeskAnswer {
  const error = new TracewireError(code, { what: code === "NOT_SIGNED_IN" ? "You are signed out; nothing was saved" : "For this you prove once more who you are; nothing was saved yet" });
  const kept = fields.filter(([name, value]) => !SECRET_FIELDS.has(name) && value.trim() !== "");
  return {
    status: error.status,
    title: error.message,
    page: html`${errorBody(error, referer)}
${kept.length > 0 && html`<h2>What you wrote</h2>
<p class="hint">Copy it, ${code === "NOT_SIGNED_IN" ? "sign in" : "confirm"}, and put it back.</p>
${kept.map(([name, value]) => area("", name.replaceAll("_", " "), { value, rows: Math.min(20, value.split("\n").length + 1) }))}`}`,
  };
}

const pathOf = (referer = ""): string => (URL.canParse(referer) ? new URL(referer).pathname + new URL(referer).search : "/desk");
