// What an editor would strike: each finding has a place, a reason and a fix. Publishing with open errors is refused;
// a waiver needs a reason and is kept in the log with the story.
import { readClaims, type Claim } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { findFigureSpec, type Figure } from "../figures/figures.ts";
import { figuresOf, inlineRuns, type Inline, type Story } from "./story.ts";

export const LINT_RULES = {
  "unbound-number": "A number is typed into the text instead of being bound to a figure.",
  "unknown-figure": "The story names a figure that is not defined.",
  "figure-without-value": "The figure has no value over released evidence.",
  "unheld-name": "A name with digits stands in no released claim.",
  "unheld-date": "A date stands in no released claim.",
  "unheld-quotation": "A quotation stands in no released claim.",
  "stronger-than-the-claim": "The sentence asserts what its claim only suspects.",
  "no-reply-box": "The story blames somebody and names no request for a reply.",
} as const;

export type LintFinding = { rule: keyof typeof LINT_RULES; place: string; what: string; fix: string };

const DIGITS = /\d[\d.,]*/g;
// "one" is left out: it is a pronoun far more often than a number.
const NUMBER_WORDS =
  /\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|twice|double|half)\b/gi;
const FLAT_VERBS = /\b(stole|robbed|hacked|carried out|committed|was behind|were behind|proved|confirmed)\b/i;
const HEDGED =
  /\b(suspect\w*|alleg\w*|accus\w*|claim\w*|say|says|said|accord\w*|report\w*|attribut\w*|blam\w*|estimat\w*|investigat\w*|think\w*|believ\w*)\b/i;

export function lintStory(log: LogReader, story: Story, figures: Map<string, Figure>): LintFinding[] {
  const log_size = log.size();
  const claims = readClaims(log, { log_size, evidence: "released" });
  const held = claims.map(wordsOf).join("\n").toLowerCase();
  const suspected = new Map([...figures].map(([id, figure]) => [id, isSuspected(figure, claims)]));
  const findings: LintFinding[] = [];

  for (const id of figuresOf(story)) {
    if (!findFigureSpec(log, id))
      findings.push({
        rule: "unknown-figure",
        place: "story",
        what: `There is no figure “${id}”`,
        fix: "Define it: tracewire figure --define FILE",
      });
    else if (figures.get(id)?.value === null)
      findings.push({
        rule: "figure-without-value",
        place: "story",
        what: `“${id}” has no value over released evidence`,
        fix: "Release the claims it rests on, or change its rules",
      });
  }
  for (const { place, content } of inlineRuns(story)) {
    for (const node of content) {
      if (node.type === "text" || node.type === "emphasis" || node.type === "link") {
        for (const [number] of [...node.text.matchAll(DIGITS), ...node.text.matchAll(NUMBER_WORDS)])
          findings.push({
            rule: "unbound-number",
            place,
            what: `“${number}” is typed`,
            fix: "Bind it: {{figure-id}}, or {{date:…}} or {{name:…}} if it is one",
          });
        for (const [, quotation] of node.text.matchAll(/“([^”]+)”/g))
          if (!held.includes(quotation!.toLowerCase()))
            findings.push({
              rule: "unheld-quotation",
              place,
              what: `“${quotation}” stands in no released claim`,
              fix: "Quote words that a claim holds, or tell it in your own",
            });
      } else if (node.type === "name" && !held.includes(node.text.toLowerCase()))
        findings.push({
          rule: "unheld-name",
          place,
          what: `“${node.text}” stands in no released claim`,
          fix: "Claim it from a capture first",
        });
      else if (node.type === "date" && !held.includes(node.date))
        findings.push({
          rule: "unheld-date",
          place,
          what: `${node.date} stands in no released claim`,
          fix: "Claim it from a capture first",
        });
    }
    for (const sentence of sentences(content)) {
      const text = sentence.map((node) => ("text" in node ? node.text : "")).join("");
      const bound = sentence.some((node) => node.type === "figure" && suspected.get(node.id));
      if (bound && FLAT_VERBS.test(text) && !HEDGED.test(text))
        findings.push({
          rule: "stronger-than-the-claim",
          place,
          what: `“${FLAT_VERBS.exec(text)![0]}” stands beside a figure that is only suspected`,
          fix: "Say who suspects it",
        });
    }
  }
  if (
    story.replies.length === 0 &&
    [...inlineRuns(story)].some(({ content }) =>
      content.some((node) => "text" in node && /\b(North Korea|DPRK|accus|blam|suspect)/i.test(node.text)),
    )
  )
    findings.push({
      rule: "no-reply-box",
      place: "head",
      what: "Somebody is blamed and nobody was asked",
      fix: "Name the request: reply: reply/…",
    });
  return findings;
}

function wordsOf(claim: Claim): string {
  return [
    claim.value,
    claim.claimant,
    claim.document,
    claim.wording,
    claim.citation,
    claim.period,
    claim.as_of,
    claim.subject,
    ...(claim.cites ?? []),
    claim.relayed_by,
  ]
    .filter(Boolean)
    .join("\n");
}

function isSuspected(figure: Figure, claims: Claim[]): boolean {
  const chosen = new Set(figure.rows.map((row) => row.claim));
  return claims.some((claim) => chosen.has(claim.seq) && claim.hedge === "suspected");
}

function* sentences(content: Inline): Generator<Inline> {
  let open: Inline = [];
  for (const node of content) {
    if (node.type !== "text") {
      open.push(node);
      continue;
    }
    const parts = node.text.split(/(?<=[.!?;])\s+/);
    for (const [at, part] of parts.entries()) {
      if (part) open.push({ type: "text", text: part });
      if (at < parts.length - 1) {
        yield open;
        open = [];
      }
    }
  }
  yield open;
}
