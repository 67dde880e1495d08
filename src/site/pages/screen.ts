// One box for an address and a day: listed or not, by which edition, and what nobody can know.
import { TracewireError } from "../../errors.ts";
import { screenAddress, type Screening } from "../../screening/screening.ts";
import { jsonAnswer } from "../answers.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route } from "../route.ts";
import { capital, formatDay } from "../words.ts";

const QUERY_LENGTH_MAX = 120;
/** The day of the newest edition in the demo: without a day there is no answer, so one is proposed and shown. */
const ASKED_DAY = "2024-09-27";

export const screenRoutes: Route[] = [
  {
    path: "/screen",
    about: "One box for an address and a day: listed or not, by which edition of which list.",
    query: ["q", "on"],
    render(context, { query }) {
      const { text, on } = asked(query);
      const found = text ? screenAddress(context.log, text, on, context.at.log_size) : undefined;
      const body = html`<div class="column wide"><h1>Is this address on a list?</h1>
<p class="standfirst">On the day you ask about, by the editions we hold. A list has no answer without a date.</p>
<form class="filters" action="/screen" method="get"><label>Address<input type="search" name="q" value="${text}" size="46" maxlength="${QUERY_LENGTH_MAX}"></label>
<label>On<input type="date" name="on" value="${on}"></label><button type="submit">Look</button></form>
${found ? foundHtml(found) : text ? html`<p>“${text}” is no address that we recognise. Names are found by <a href="/search?q=${encodeURIComponent(text)}">search</a>.</p>` : html`<p>Paste an address. Try <a href="/screen?q=0x098B716B8Aaf21512996dC57EB0615e2383E2f96&amp;on=2024-09-27">one listed for the Ronin theft</a>, or <a href="/screen?q=0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc&amp;on=2025-06-01">one of Tornado Cash after its delisting</a>.</p>`}
<p class="note">No legal advice. Checksums are not verified here: a mistyped address is simply not found. One address at a time; a batch comes with tracing.</p></div>`;
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({
          title: "Is this address on a list?",
          description: "Look an address up in sanctions lists, as of a day.",
          path: "/screen",
          context,
          body,
          unlisted: Boolean(text),
        }),
        depends: ["datasets", "log"],
      };
    },
  },
  {
    path: "/screen.json",
    about: "The same for programs.",
    query: ["q", "on"],
    render(context, { query }) {
      const { text, on } = asked(query);
      const found = screenAddress(context.log, text, on, context.at.log_size);
      if (!found) throw new TracewireError("BAD_ARGUMENT", { what: `q: "${text}" is no address that is recognised` });
      return jsonAnswer({ log_size: context.at.log_size, ...found }, ["datasets", "log"]);
    },
  },
];

function asked(query: URLSearchParams): { text: string; on: string } {
  const on = query.get("on") || ASKED_DAY;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(on))
    throw new TracewireError("BAD_ARGUMENT", { what: `on: "${on}" is not a day`, hint: "Write YYYY-MM-DD." });
  return { text: (query.get("q") ?? "").trim().slice(0, QUERY_LENGTH_MAX), on };
}

function foundHtml(found: Screening): Html {
  return html`<p class="known"><strong>${capital(found.outcome)}, on ${formatDay(found.on)}.</strong> ${found.words}</p>
<p>This is ${found.form}.${found.hits.some((hit) => hit.assets.length > 1) && " It stands under more than one asset of the same list."}</p>
<section class="scroll" tabindex="0" aria-label="Editions"><table class="data"><thead><tr><th scope="col">List</th><th scope="col">Edition</th><th scope="col">Holds it</th><th scope="col">As</th></tr></thead><tbody>
${found.editions.map((edition) => {
  const hit = found.hits.find((item) => item.list === edition.list && item.edition === edition.edition);
  return html`<tr><th scope="row"><a href="/datasets/${edition.list}?edition=${edition.edition}">${edition.list}</a></th><td>${formatDay(edition.edition)}</td><td>${edition.holds ? "yes" : "no"}</td><td>${hit ? [...hit.names, ...hit.assets].join(", ") : ""}</td></tr>
`;
})}</tbody></table></section>
${
  found.tags.length > 0 &&
  html`<h2>Who is behind it, according to somebody</h2><ul>${found.tags.map((tag) => html`<li>${tag.label}, says pack ${tag.pack} (${tag.confidence || "no confidence stated"}; source ${tag.source || "not stated"}). <a href="/log/${tag.entry}">Entry ${tag.entry}</a></li>`)}</ul>`
}`;
}
