// The counting rules in readers' words, with the demo's own dispute as the example where its figures are held.
import { liveFigure, openNoteSheet, printedForm, type NoteSheet } from "../figure-note.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { GRADE_WORDS, gradeMark } from "../sources.ts";
import type { FigureForm } from "../../press/press.ts";

/** The rules of a figure that readers ask about, in the words of the page; docs/figures.md has them all. */
const RULES_SHOWN: readonly (readonly [string, string])[] = [
  [
    "What is one",
    "A theft, a victim, or a value that somebody printed. Two reports of one theft become one row only by a judgement with its author and reason.",
  ],
  ["Who must have blamed", "Which kinds of body count. An unnamed official in a newspaper is not a government."],
  ["Whose victims", "Companies only, or everyone; only those named by the body that blames, or also those a researcher worked out."],
  [
    "Which day decides",
    "The day of the theft, of its disclosure, or of the attribution. A theft late in December can belong to two different years.",
  ],
  [
    "What it was worth",
    "As somebody published it, at the price on the day of the theft, or at another. Values on different bases are never added.",
  ],
  ["Gross or net", "What was taken, or what was taken less what came back."],
  ["Whose value", "Where several are claimed, one list comes first and the others make the range."],
  ["One origin, many voices", "Ten newspapers that repeat one estimate are one estimate."],
  ["How it was rounded", "A sum of rounded values says so, and how coarse the coarsest was."],
];

export const howWeCountRoutes: Route[] = [
  {
    path: "/how-we-count",
    about: "The counting rules in readers’ words: who says, who blames whom, how we counted, as known on.",
    render(context) {
      const sheet = openNoteSheet(context.base_url);
      const body = html`<div class="column prose">
<p class="label">How we count</p>
<h1>A number is an answer; this page is about the questions</h1>
<p class="standfirst">“How many thefts?” has no single answer. It depends on what counts as one, who has to have blamed whom, and which date decides.
We write those rules down before we count, and print them beside every number.</p>
${sameYears(context, sheet)}<h2>Who says</h2>
<p>Everything here begins as a claim: somebody said something, somewhere, on some day. We keep the claimant, the document, whom they were citing and
how sure they were, in their own degree: asserted, reported, estimated, suspected, denied. A suspicion stays one when it reaches a sentence of ours.</p>
<p>Values that disagree stand side by side. A figure takes one of them by a stated rule, and its range shows the lowest and the highest of those that
can be compared. Values that cannot be compared (another currency, another day’s price, only a part of the loss) are listed and left out of the range.</p>
<h2>Who blames whom</h2>
<p>We do not say who did it. We say who is blamed, by whom, and what kind of body that is: monitors of the United Nations, a government, several
states together, a company that sells tracing, a researcher. That is a kind of speaker, and no grade of truth. A name is never merged with another
because they share tools: shared is not the same.</p>
<h2>How we counted</h2>
<p>A figure is a list of rules, and its value is whatever the rules give. These are the ones that move numbers most:</p>
<dl class="rules">
${RULES_SHOWN.map(
  ([name, words]) => html`<div><dt>${name}</dt><dd>${words}</dd></div>
`,
)}</dl>
<p>A number that nobody knows is counted as unknown. It is never set to zero and never guessed.</p>
<h2>As known on</h2>
<p>A number is only as good as its day. Each one says at how many entries of our log it was computed, and its address keeps that:
<code>?known=1543</code> means “with what was in the log when it had 1,543 entries”. Ask for the same address in ten years and the same number comes
out. When something new is entered, the newest value moves; what was printed stays, and says that there is a newer one.</p>
<p>What was <em>known</em> to us and what had been <em>claimed</em> by a day are two things. For the second there is <code>?as-of=2024-03</code>.</p>
<h2>What we really read</h2>
<dl class="facts">
${Object.entries(GRADE_WORDS).map(([grade, words]) => html`<div><dt>${gradeMark(grade as keyof typeof GRADE_WORDS)}</dt><dd>${words}</dd></div>`)}
</dl>
<p>Of the sources themselves we ask two things, apart from each other: how reliable is this source (A to E), and how credible is this item (1 to 5).
F and 6 mean that it cannot be judged, which is not the same as bad.</p>
<h2>What we do not hold</h2>
<p>The original reports of the United Nations monitors were not read: what we hold of them was typed from images by researchers, or told by the
press. Single rows stand behind only some of the attacks in their totals. And nobody’s list holds the thefts that were never noticed, or never told.</p>
${sheet.print()}
</div>`;
      const description =
        "The counting rules behind every number: who says, who blames whom, how we counted, as known on; and why 16, 14 and 19 can all be right.";
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({ title: "How we count", description, path: "/how-we-count", context, body }),
        depends: ["figures", "casefile"],
      };
    },
  },
];

const COUNT = "thefts-2017-2023-official-count";
const COMPANIES = "thefts-2017-2023-official-companies-count";
const VICTIMS = "thefts-2017-2023-official-companies-victims";

/** The example of this page needs all three figures: without them the page says nothing of them. */
function sameYears(context: SiteContext, sheet: NoteSheet): Html {
  const noted = [COUNT, COMPANIES, VICTIMS].map((id) => liveFigure(context, id));
  if (noted.some((item) => item === undefined)) return nothing;
  const [all, companies, victims] = noted.map(
    (item) => (form: FigureForm) => sheet.note(item!, printedForm(item!.figure, item!.spec, form)),
  ) as ((form: FigureForm) => Html)[];
  return html`<h2>The same years, three numbers</h2>
<ul class="trio">
<li><span class="hero">${all!("short")}</span> thefts that United Nations monitors or a government attribute to North Korea, 2017 to 2023, as far as
we hold them</li>
<li><span class="hero">${companies!("short")}</span> of them from companies or protocols whose name is public</li>
<li><span class="hero">${victims!("short")}</span> such companies, as labelled</li>
</ul>
<p>None of the three corrects another. The first counts thefts; the second leaves out those that hit private persons or many people at once; the
third counts who was hit, and a company that was hit more than once is one. Press each to see its rules, and from there its rows.</p>
`;
}
