// "Was this good banned on this day, by which text, and is that verified?"
import { readClaims } from "../../casefile/casefile.ts";
import { findDataset, readRows } from "../../datasets/datasets.ts";
import { TracewireError } from "../../errors.ts";
import { measuresFor, type Match } from "../../trade/trade.ts";
import { jsonAnswer } from "../answers.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { formatDay, plural } from "../words.ts";

/** Proposed where none is asked for: a day on which all measures held here are in force. */
const ASKED_DAY = "2023-05-01";

export const commodityRoutes: Route[] = [
  {
    path: "/trade/hs",
    about: "Was this good banned on this day, by which text, and is that verified?",
    query: ["code", "on"],
    render(context, { query }) {
      const { code, on } = asked(query);
      const matches = code ? lookUp(context, code, on) : undefined;
      const body = html`<div class="column wide"><p class="label"><a href="/trade">Recorded trade</a></p><h1>Was this good banned?</h1>
<p class="standfirst">A commodity code and a day: which measures of the Security Council name it, and what of each is verified.</p>
<form class="filters" action="/trade/hs" method="get"><label>Code<input type="text" name="code" value="${code}" inputmode="numeric" maxlength="10" size="12"></label>
<label>On<input type="date" name="on" value="${on}"></label><button type="submit">Look</button></form>
${matches ? answer(context, code, on, matches) : html`<p>Two to ten digits of the Harmonized System. Try <a href="/trade/hs?code=6704&amp;on=2023-05-01">wigs (6704)</a> or <a href="/trade/hs?code=2701&amp;on=2023-05-01">coal (2701)</a>.</p>`}
<p class="note">A match is not a violation: exemptions are for a person to find. Codes are of the edition of 2022; an earlier code may have meant other goods.</p></div>`;
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({
          title: "Was this good banned?",
          description: "Measures by commodity code and day.",
          path: "/trade/hs",
          context,
          body,
        }),
        depends: ["casefile", "datasets"],
      };
    },
  },
  {
    path: "/trade/hs.json",
    about: "The same for programs.",
    query: ["code", "on"],
    render(context, { query }) {
      const { code, on } = asked(query);
      if (!code) throw new TracewireError("BAD_ARGUMENT", { what: "code: two to ten digits are needed" });
      return jsonAnswer(
        { log_size: context.at.log_size, code, on, goods: goodsOf(context, code) ?? null, matches: lookUp(context, code, on) },
        ["casefile", "datasets"],
      );
    },
  },
];

function asked(query: URLSearchParams): { code: string; on: string } {
  const code = (query.get("code") ?? "").replaceAll(/[\s.]/g, "");
  const on = query.get("on") || ASKED_DAY;
  if (code !== "" && !/^\d{2,10}$/.test(code))
    throw new TracewireError("BAD_ARGUMENT", { what: `code: "${code}" is no commodity code`, hint: "Write two to ten digits." });
  if (!/^\d{4}-\d{2}-\d{2}$/.test(on))
    throw new TracewireError("BAD_ARGUMENT", { what: `on: "${on}" is not a day`, hint: "Write YYYY-MM-DD." });
  return { code, on };
}

const lookUp = (context: SiteContext, code: string, on: string): Match[] =>
  measuresFor(readClaims(context.log, context.at, { kind: "measure" }), code, on);

function goodsOf(context: SiteContext, code: string): string | undefined {
  const dataset = findDataset(context.log, "harmonized-system/codes", context.at.log_size);
  const rows = dataset ? readRows(context.log, dataset) : [];
  // The longest part of the code that the nomenclature names.
  for (let length = Math.min(code.length, 6); length >= 2; length -= 2) {
    const found = rows.find((row) => row.code === code.slice(0, length));
    if (found) return `${found.code}: ${found.goods}`;
  }
  return undefined;
}

function answer(context: SiteContext, code: string, on: string, matches: readonly Match[]): Html {
  const goods = goodsOf(context, code);
  return html`<p>${goods ?? "This code is not in the edition of the nomenclature that we hold."}</p>
<p class="known"><strong>${matches.length === 0 ? `No measure that we hold names ${code} on ${formatDay(on)}.` : `${plural(matches.length, "measure", "measures")} on ${formatDay(on)}.`}</strong> ${matches.length === 0 ? "That is not the same as lawful: our table of measures may lack one." : ""}</p>
${
  matches.length > 0 &&
  html`<section class="scroll" tabindex="0" aria-label="Measures"><table class="data"><thead><tr><th scope="col">Measure</th><th scope="col">Rule</th><th scope="col">Goods and codes</th><th scope="col">In force</th><th scope="col">Verified?</th></tr></thead><tbody>
${matches.map(
  (
    match,
  ) => html`<tr><th scope="row"><a href="/case/${match.measure}">${match.instrument} paragraph ${match.paragraph}</a></th><td>${match.rule}, ${match.direction}${match.exemptions && html`; ${match.exemptions}`}</td><td>${match.goods} (${match.codes})${match.covers === "part" && ": only a part of the code asked about"}</td><td>from ${formatDay(match.from)}${match.to && ` to ${formatDay(match.to)}`}</td><td>${match.verification}</td></tr>
`,
)}</tbody></table></section>`
}`;
}
