// The desk's first page: what waits for this person, the head of each board that their rights open.
import { can } from "../../accounts/accounts.ts";
import { html, nothing } from "../../site/site.ts";
import { BOARDS, type Board } from "../boards.ts";
import { waysOf } from "../frame.ts";
import { seesBoard, seesDraft } from "../objects.ts";
import { deskRoute, type DeskRoute } from "../route.ts";

const SHOWN = 5;

export const todayRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/",
    about: "What waits for whoever is signed in.",
    rule: { for: "signed-in" },
    async run(context) {
      const { who, drafts } = context;
      const writes = can(who.user.role, "stories.write");
      const open = writes ? drafts.list().filter((draft) => draft.state !== "published" && seesDraft(who, draft)).reverse() : [];
      const weak = !who.user.has.totp && who.user.has.passkeys === 0;
      const boards: { name: string; board: Board; items: Awaited<ReturnType<Board["items"]>> }[] = [];
      for (const [name, board] of Object.entries(BOARDS)) if (seesBoard(who, name)) boards.push({ name, board, items: await board.items(context) });
      return {
        title: "Today",
        wide: true,
        page: html`<h1>Today</h1>
${
  weak
    ? html`<p class="done">You sign in by a password alone. <a href="/desk/account">Add a passkey or an app for codes</a>: a password can be guessed, or read by others.</p>
`
    : nothing
}<div class="boards">
${boards.map(
  ({ name, board, items }) => html`<section class="card" aria-labelledby="b-${name}">
<h2 id="b-${name}"><a href="/desk/boards/${name}">${board.title}</a> <span class="count">${items.length.toLocaleString("en-US")}</span></h2>
${
  items.length === 0
    ? html`<p class="hint">${board.empty}</p>
`
    : html`<ul class="board">${items.slice(0, SHOWN).map(({ line, due }) => html`<li${due === true && html` class="due"`}>${line}</li>
`)}</ul>
${items.length > SHOWN && html`<p><a href="/desk/boards/${name}">All ${items.length.toLocaleString("en-US")}</a></p>`}`
}</section>
`,
)}${
  writes &&
  html`<section class="card" aria-labelledby="b-stories"><h2 id="b-stories"><a href="/desk/stories">Stories on their way</a> <span class="count">${open.length}</span></h2>
${
  open.length === 0
    ? html`<p class="hint">None. <a href="/desk/stories">Begin one</a>; a number in it is the name of a figure in braces.</p>
`
    : html`<ul class="board">${open.slice(0, SHOWN).map((draft) => html`<li><a href="/desk/stories/${draft.id}">${draft.title}</a>: ${draft.state}, version ${draft.version} by ${draft.version_by}</li>
`)}</ul>
`
}</section>
`
}</div>
<p class="hint">You may go to: ${waysOf(who).map(({ words, href }) => html`<a href="${href}">${words}</a> `)}. Press <kbd>?</kbd> for the keys.</p>`,
      };
    },
  }),
];
