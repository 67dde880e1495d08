// What a person sees when something does not go: what happened, what to do, and the way back.
import type { TracewireError } from "../../errors.ts";
import { html, type Html } from "../../site/site.ts";
import { safeNext } from "./sign-in.ts";

export function errorBody(error: TracewireError, referer: string | undefined): Html {
  const back = safeNext(pathOf(referer));
  const way =
    error.code === "NOT_SIGNED_IN"
      ? html`<a href="/desk/sign-in?next=${encodeURIComponent(back)}">Sign in</a>`
      : error.code === "CONFIRM_IDENTITY"
        ? html`<a href="/desk/confirm?next=${encodeURIComponent(back)}">Confirm that it is you</a>`
        : html`<a href="${back}">Back</a>`;
  return html`<h1>${error.message}</h1>
${error.where !== undefined && html`<p class="hint">Where: ${error.where}</p>
`}<p>${error.hint}</p>
<p>${way}</p>
<p class="hint">${error.code}</p>`;
}

const pathOf = (referer = ""): string => (URL.canParse(referer) ? new URL(referer).pathname + new URL(referer).search : "/desk");
