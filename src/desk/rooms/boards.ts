// A board in full, a page at a time.
import { TracewireError } from "../../errors.ts";
import { html } from "../../site/site.ts";
import { boardNamed } from "../boards.ts";
import { deskRoute, type DeskRoute } from "../route.ts";

const SHOWN = 50;

export const boardRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/boards/:board",
    about: "One board of Today in full, the oldest first.",
    rule: { for: "signed-in", object: "board" },
    query: ["after"],
    async run(context, { params, query }) {
      const board = boardNamed(params.board!);
      if (!board) throw new TracewireError("NOT_FOUND");
      const items = await board.items(context);
      const after = query.get("after") ?? "";
      // By the place in the order, not by a number: what was done meanwhile leaves no gap and repeats nothing.
      const rest = items.filter(({ order }) => order > after);
      const shown = rest.slice(0, SHOWN);
      return {
        title: board.title,
        page: html`<h1>${board.title}</h1>
<p class="hint">${items.length.toLocaleString("en-US")} in all, the oldest first. <a href="/desk">Today</a></p>
${shown.length === 0 ? html`<p>${items.length === 0 ? board.empty : "No more."}</p>` : html`<ol class="board">${shown.map(({ line, due }) => html`<li${due === true && html` class="due"`}>${line}</li>
`)}</ol>`}${rest.length > shown.length && html`<p><a href="/desk/boards/${params.board!}?after=${encodeURIComponent(shown.at(-1)!.order)}" rel="next" data-key="n">The next ${Math.min(SHOWN, rest.length - shown.length)}</a></p>`}`,
      };
    },
  }),
];
