// The sources box of a story: every capture that its numbers rest on, graded by what we have really read.
import type { Capture, Grade } from "../evidence/evidence.ts";
import type { Figure } from "../figures/figures.ts";
import { html, type Html } from "./html.ts";
import type { SiteContext } from "./route.ts";
import { formatDay, plural } from "./words.ts";

export const GRADE_WORDS: Record<Grade, string> = {
  original: "We read the document itself.",
  copy: "We read a copy or report of it.",
  transcription: "We read what somebody typed from it.",
};

export function sourcesBox(context: SiteContext, figures: readonly Figure[]): Html {
  const uses = new Map<string, { capture: Capture; figures: Set<string> }>();
  for (const figure of figures)
    for (const { capture: seq } of figure.rows) {
      const capture = seq === null ? undefined : context.capture(seq);
      if (!capture || capture.released === undefined) continue;
      const use = uses.get(capture.sha256) ?? { capture, figures: new Set<string>() };
      use.figures.add(figure.id);
      uses.set(capture.sha256, use);
    }
  const grades = new Set([...uses.values()].map(({ capture }) => capture.grade));
  return html`<section class="box sources">
<h2 class="label">Sources</h2>
${
  uses.size === 0
    ? figures.some(({ rows }) => rows.some(({ capture }) => capture !== null))
      ? html`<p>None of the sources has been released.</p>`
      : html`<p>Its figures count whole entries of the case file; the page of each lists them, and they name their sources.</p>`
    : html`<ul class="plain">${[...uses.values()].map(
        ({ capture, figures: ids }) => html`<li>${gradeMark(capture.grade)} <a href="${captureHref(capture)}">${capture.title}</a>
<span class="note">Retrieved ${formatDay(capture.retrieved_at)}; ${plural(ids.size, "figure rests", "figures rest")} on it.</span></li>`,
      )}</ul>`
}
${[...grades].map((grade) => html`<p class="note">${gradeMark(grade)} ${GRADE_WORDS[grade]}</p>`)}
${uses.size > 0 && !grades.has("original") && html`<p class="note">Nothing here was read in the original.</p>`}
</section>`;
}

export function gradeMark(grade: Grade): Html {
  return html`<span class="grade grade-${grade}">${grade}</span>`;
}

const captureHref = (capture: Capture): string => `/evidence/${capture.sha256}`;
