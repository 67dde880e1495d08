// Who makes this, what is held and what is not, and how to report an error.
import { countCaptures } from "../../evidence/evidence.ts";
import { html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route } from "../route.ts";
import { GRADE_WORDS, gradeMark } from "../sources.ts";
import { plural } from "../words.ts";

export const aboutRoutes: Route[] = [
  {
    path: "/about",
    about: "What this publication is, what it holds and does not hold, how to report an error.",
    render(context) {
      const { log, at } = context;
      const { released, originals } = countCaptures(log, at.log_size);
      const readOriginals =
        originals === 0 ? "none of them was read in the original" : `${plural(originals, "was", "were")} read in the original`;
      const holdWords =
        released === 0
          ? "No source has been released yet."
          : `We hold ${plural(released, "released source", "released sources")}; ${readOriginals}.`;
      const body = html`<div class="column prose">
<p class="label">About</p>
<h1>A newspaper that keeps its workings open</h1>
<p class="standfirst">Tracewire reports on money that moves in crypto assets, and on those whom monitors, governments and researchers blame for
taking it. Every number in it can be followed back to the words it came from.</p>
<h2>What is unusual here</h2>
<p>A number in a story is not typed. It is computed from claims by rules that are written down, and each claim names who made it, how sure they were,
and the place in a source where we read it. Press a number with a dotted line and it shows all of this.</p>
<p>We hold claims, and do not turn them into facts by repeating them. When two bodies print different values, both stay. When a group is blamed, the
page says who blames it.</p>
<p>Everything that is published goes into one log, to which entries are only ever added. A story that changes gets a new revision, and the old one
stays readable. A number that changes keeps the value of its day, with the newer one beside it. Anyone can <a href="/log">check that log</a> without
trusting us.</p>
<h2>What we hold, and what we do not</h2>
<p>${holdWords} Each bears one of three marks:</p>
<dl class="facts">
${Object.entries(GRADE_WORDS).map(([grade, words]) => html`<div><dt>${gradeMark(grade as keyof typeof GRADE_WORDS)}</dt><dd>${words}</dd></div>`)}
</dl>
<p>The reports of the United Nations monitors that the case file turns on were not read in the original. What we hold are transcriptions by
researchers and reports by the press, and every page that uses them says so.</p>
<p>Where the body that blames somebody did not name the victim, we do not name it either, even if a researcher thinks to know it.</p>
<h2 id="report-an-error">How to report an error</h2>
<p>An error can be a wrong number, a source misread, a name that should not be shown, or a page that cannot be used. Send us:</p>
<ol>
<li>the address of the page, or better of the figure: its <code>known=</code> part says exactly what was known when you read it;</li>
<li>what is wrong, and what you think is right;</li>
<li>the source, with page or row.</li>
</ol>
<p>This copy of Tracewire is a demonstration that runs on the machine where you see it: it has no newsroom address of its own. Report an error in its
case file or its program as an issue of the Tracewire project. Whoever publishes with Tracewire has to name a contact here.</p>
<p>What happens then: the claim is not overwritten. A new one takes its place, with its source; numbers that rest on it are computed again, and every
story that printed the old value says that there is a newer one.</p>
<h2>Those who are named</h2>
<p>Every story has a box for replies, which stands there even when it is empty. Whoever is named can answer, and the answer is kept and printed as
what it is: their claim, in their words. A denial is a claim, and so is silence.</p>
<h2>What this site does not do</h2>
<p>It runs no script, calls no other server, sets no cookie and counts nobody. It works with a keyboard, on paper, and at twice the size.</p>
</div>`;
      const description = "What Tracewire is, what its case file holds and does not hold, and how to report an error.";
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({ title: "About", description, path: "/about", context, body }),
        depends: ["log"],
      };
    },
  },
];
