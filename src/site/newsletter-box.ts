// The sign-up form, the same wherever it stands. It works without script, and its answer is the same for every address.
import { html, type Html } from "./html.ts";

export function newsletterBox(): Html {
  return html`<section class="newsletter" aria-label="Newsletter">
<p class="label">Newsletter</p>
<p><strong>The week’s stories, with every number still open to check.</strong></p>
${newsletterForm()}
<p class="note">You get headlines, what each story says and where its numbers open; at most one letter a week, and corrections of what we sent
you. Each letter has a link to leave at once. <a href="/newsletter">More about it</a></p>
</section>
`;
}

/** Its label is round the field, so that the form may stand on a page twice. */
export function newsletterForm(typed = ""): Html {
  return html`<form class="signup" action="/newsletter" method="post">
<label>Your e-mail address <input type="email" name="address" required maxlength="254" autocomplete="email" value="${typed}"></label>
<button type="submit">Sign up</button>
</form>`;
}
