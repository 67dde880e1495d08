// The sources box of a story: every capture that its numbers rest on, graded by what we have really read.
import { kindOf, readClaims } from "../casefile/casefile.ts";
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

/** Of a count of thousands the box says what the first rest on; the figure's page has each. */
const ROWS_LOOKED_AT = 500;

export function sourcesBox(context: SiteContext, figures: readonly Figure[]): Html {
  const uses = new Map<string, { capture: Capture; figures: Set<string> }>();
  for (const figure of figures)
    for (const seq of capturesOf(context, figure)) {
      const capture = context.capture(seq);
      if (!capture || capture.released === undefined) continue;
      const use = uses.get(capture.sha256) ?? { capture, figures: new Set<string>() };
      use.figures.add(figure.id);
      uses.set(capture.sha256, use);
    }
  const isNamed = figures.some(({ rows }) => rows.some(({ capture }) => capture !== null));
  const grades = new Set([...uses.values()].map(({ capture }) => capture.grade));
  return html`<section class="box sources">
<h2 class="label">Sources</h2>
${
  uses.size === 0
    ? isNamed
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

/** Captures behind a figure: those of its chosen claims, and of what it counts whole the claims that were public then. */
function capturesOf({ log }: SiteContext, { rows, log_size }: Figure): number[] {
  const known = { log_size: Number(log_size), evidence: "released" as const };
  return rows.slice(0, ROWS_LOOKED_AT).flatMap(({ capture, claim, subject }) => {
    if (capture !== null) return [capture];
    return claim === null && kindOf(subject) ? readClaims(log, known, { subject }).map(({ source }) => source.capture) : [];
  });
}

export function gradeMark(grade: Grade): Html {
  return html`<span class="grade grade-${grade}">${grade}</span>`;
}

const captureHref = (capture: Capture): string => `/evidence/${capture.sha256}`;
