// The desk's first page: what waits for this person.
import { can } from "../../accounts/accounts.ts";
import { html, nothing } from "../../site/site.ts";
import { waysOf } from "../frame.ts";
import { seesDraft, seesInboxItem } from "../objects.ts";
import { deskRoute, type DeskRoute } from "../route.ts";

const SHOWN = 8;

export const todayRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/",
    about: "What waits for whoever is signed in.",
    rule: { for: "signed-in" },
    run({ who, inbox, drafts }) {
      const may = (right: Parameters<typeof can>[1]) => can(who.user.role, right);
      const items = may("case.write") ? inbox.list().filter((item) => ["read", "failed"].includes(item.state) && seesInboxItem(who, item)) : [];
      const open = may("stories.write") ? drafts.list().filter((draft) => draft.state !== "published" && seesDraft(who, draft)) : [];
      const weak = !who.user.has.totp && who.user.has.passkeys === 0;
      return {
        title: "Today",
        page: html`<h1>Today</h1>
${
  weak
    ? html`<p class="done">You sign in by a password alone. <a href="/desk/account">Add a passkey or an app for codes</a>: a password can be guessed, or read by others.</p>
`
    : nothing
}${
          may("case.write") &&
          html`<h2>Captures that wait for you</h2>
${
  items.length === 0
    ? html`<p>None. <a href="/desk/inbox">Drop a document in the inbox</a>, mark a sentence in it, and it is a claim with its place.</p>
`
    : html`<ul>${items.slice(0, SHOWN).map((item) => html`<li><a href="/desk/inbox/${item.id}">${item.title}</a>: ${item.state === "read" ? "read; its second grade is missing" : `failed. ${item.reason ?? ""}`}</li>`)}</ul>
`
}`
        }${
          may("stories.write") &&
          html`<h2>Stories on their way</h2>
${
  open.length === 0
    ? html`<p>None. <a href="/desk/stories">Begin one</a>; a number in it is the name of a figure in braces.</p>
`
    : html`<ul>${open.slice(0, SHOWN).map((draft) => html`<li><a href="/desk/stories/${draft.id}">${draft.title}</a>: ${draft.state}, version ${draft.version} by ${draft.version_by}</li>`)}</ul>
`
}`
        }<p class="hint">You may go to: ${waysOf(who).map(({ words, href }) => html`<a href="${href}">${words}</a> `)}. Press <kbd>?</kbd> for the keys.</p>`,
      };
    },
  }),
];
