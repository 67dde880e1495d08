// What an editor would strike: each finding has a place, a reason and a fix. Publishing with open errors is refused;
// a waiver needs a reason and is kept in the log with the story.
import { readClaim, readClaims, readClaimsWith, subjectsAbout, type Claim } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { findDataset } from "../datasets/datasets.ts";
import { datasetsOf, findFigureSpec, findNotReleased, notReleasedWords, periodLengthName, releaseCommand, type Figure, type FigureSpec } from "../figures/figures.ts";
import { accusedIn, blamesSomebody, HEDGED } from "./blame.ts";
import { figuresOf, inlineRuns, UNWRITTEN, type Inline, type Story } from "./story.ts";
import { canBeDrawn } from "./story-picture.ts";

export const LINT_RULES = {
  unwritten: "A part of the story is not written yet.",
  "unbound-number": "A number is typed into the text instead of being bound to a figure.",
  "unknown-figure": "The story names a figure that is not defined.",
  "figure-without-value": "The figure has no value over released evidence.",
  "unheld-name": "A name with digits stands in no released claim.",
  "unheld-date": "A date stands in no released claim.",
  "unheld-quotation": "A quotation stands in no released claim.",
  "stronger-than-the-claim": "The sentence asserts what its claim only suspects, or an act of somebody without saying who says so.",
  "one-source-paragraph": "A paragraph rests on one claimant and does not say who that is.",
  "headline-not-carried": "The headline says what no part of the story carries.",
  "unequal-periods": "A sentence compares values of periods of unequal length and does not say so.",
  "name-to-mask": "A name stands in the text that the case file masks.",
  "photo-without-rights": "A supplied picture names no credit, no licence or no alternative text.",
  "picture-draws-nothing": "The figure that a story names as its picture has nothing to draw.",
  "no-reply-box": "The story blames somebody and names no request for a reply.",
} as const;

/** What nobody can let stand: a part without words; whose picture it is and what it shows is owed to others, not to the editor. */
export const NEVER_WAIVED: ReadonlySet<string> = new Set<keyof typeof LINT_RULES>(["photo-without-rights", "unwritten"]);

export type LintFinding = { rule: keyof typeof LINT_RULES; place: string; what: string; fix: string };

/** Which claims wait for their release, where it is that: else “not known” stands there and nobody knows why. */
function withoutValue(log: LogReader, id: string, spec: FigureSpec): LintFinding {
  const finding = { rule: "figure-without-value", place: "story", what: `“${id}” has no value over released evidence` } as const;
  const waiting = findNotReleased(log, spec, log.size());
  if (!waiting) return { ...finding, fix: "Release the claims it rests on, or change its rules" };
  return { ...finding, what: `“${id}”: ${notReleasedWords(waiting, "")}`, fix: `Release them: an editor at /desk/subjects/${waiting.subjects[0]!}, or ${releaseCommand(waiting)}` };
}

const DIGITS = /\d[\d.,]*/g;
// "one" is left out: it is a pronoun far more often than a number.
const NUMBER_WORDS =
  /\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|twice|double|half|(?:an?|one|two|three) (?:third|quarter|fifth|tenth)s? of)\b/gi;
const FLAT_VERBS = /\b(stole|robbed|hacked|carried out|committed|was behind|were behind|proved|confirmed)\b/i;
export function lintStory(log: LogReader, story: Story, figures: Map<string, Figure>): LintFinding[] {
  // What another publication printed is kept in its words, numbers too; what is owed to third persons holds for it as well.
  if (story.type === "archive") return [...lintMasked(log, story), ...lintPhoto(story)];
  const log_size = log.size();
  const specs = new Map(figuresOf(story).map((id) => [id, findFigureSpec(log, id)?.spec]));
  const held = heldBy(log, log_size, [...specs.values()]);
  const suspected = new Map([...figures].map(([id, figure]) => [id, isSuspected(log, figure)]));
  const findings: LintFinding[] = [];

  for (const id of figuresOf(story)) {
    if (!findFigureSpec(log, id))
      findings.push({
        rule: "unknown-figure",
        place: "story",
        what: `There is no figure “${id}”`,
        fix: "Define it: tracewire figure --define FILE",
      });
    else if (figures.get(id)?.value === null) findings.push(withoutValue(log, id, specs.get(id)!));
  }
  for (const { place, content } of inlineRuns(story)) {
    if (content.length === 1 && content[0]!.type === "text" && content[0]!.text === UNWRITTEN)
      findings.push({ rule: "unwritten", place, what: "Nothing is written here", fix: "Write it, or take the part out" });
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
          if (!held(quotation!))
            findings.push({
              rule: "unheld-quotation",
              place,
              what: `“${quotation}” stands in no released claim or row`,
              fix: "Quote words that a claim holds, or tell it in your own",
            });
      } else if (node.type === "name" && !held(node.text))
        findings.push({
          rule: "unheld-name",
          place,
          what: `“${node.text}” stands in no released claim or row`,
          fix: "Claim it from a capture first, or bind a figure over the rows that hold it",
        });
      else if (node.type === "date" && !held(node.date))
        findings.push({
          rule: "unheld-date",
          place,
          what: `${node.date} stands in no released claim or row`,
          fix: "Claim it from a capture first, or bind a figure over the rows that hold it",
        });
    }
    findings.push(...lintParagraph(log, place, content, figures, specs));
    for (const sentence of sentences(content)) {
      const text = textOf(sentence);
      const bound = sentence.some((node) => node.type === "figure" && suspected.get(node.id));
      if (bound && FLAT_VERBS.test(text) && !HEDGED.test(text))
        findings.push({
          rule: "stronger-than-the-claim",
          place,
          what: `“${FLAT_VERBS.exec(text)![0]}” stands beside a figure that is only suspected`,
          fix: "Say who suspects it",
        });
      const accused = bound ? undefined : accusedIn(log, text);
      if (accused)
        findings.push({ rule: "stronger-than-the-claim", place, what: `“${accused.act}” is said of ${accused.name}, and not who says so`, fix: "Say who says it, and how sure they are" });
    }
  }
  findings.push(...lintHeadline(story), ...lintMasked(log, story), ...lintPhoto(story), ...lintPicture(story, figures));
  if (
    story.replies.length === 0 &&
    subjectsAbout(log, { log_size: log.size(), evidence: "released" }, story.slug).length === 0 &&
    [...inlineRuns(story)].some(({ content }) => [...sentences(content)].some((sentence) => blamesSomebody(log, textOf(sentence))))
  )
    findings.push({
      rule: "no-reply-box",
      place: "head",
      what: "Somebody is blamed and nobody was asked",
      fix: "Name the request: reply: reply/…; or ask them: tracewire reply ask, or Replies at the desk",
    });
  return findings;
}

const textOf = (sentence: Inline): string => sentence.map((node) => ("text" in node ? node.text : "")).join("");

/**
 * Whether words stand in a released claim, or in the datasets that the story's figures read: their cells, their
 * titles, the day of their edition.
 */
function heldBy(log: LogReader, log_size: number, specs: (FigureSpec | undefined)[]): (words: string) => boolean {
  // Asked word by word: reading every claim for each story would make publishing slower with each claim that is held.
  const isInClaims = (text: string): boolean => {
    for (const claim of readClaimsWith(log, { log_size, evidence: "released" }, text))
      if (wordsOf(claim).toLowerCase().includes(text)) return true;
    return false;
  };
  const names = [...new Set(specs.flatMap((spec) => (spec ? datasetsOf(spec) : [])))];
  const datasets = names.map((name) => findDataset(log, name)).filter((dataset) => dataset !== undefined);
  const aboutDatasets = datasets
    .map(({ title, publisher, edition, lacks }) => [title, publisher, edition, lacks].join("\n"))
    .join("\n")
    .toLowerCase();
  const inRows = log.db.prepare("SELECT 1 FROM dataset_rows WHERE dataset = ? AND instr(lower(body), ?) > 0 LIMIT 1");
  const known = new Map<string, boolean>();
  return (words) => {
    const text = words.toLowerCase();
    if (!known.has(text))
      known.set(
        text,
        isInClaims(text) || aboutDatasets.includes(text) || datasets.some((dataset) => inRows.get(dataset.seq, text) !== undefined),
      );
    return known.get(text)!;
  };
}

const COMPARING = /\b(more than|less than|against|rose|fell|up from|down from|grew|higher|lower|compared)\b/i;
const SAYS_LENGTH = /\b(months?|part of a year|full year|weeks?|quarter)\b/i;

function lintParagraph(
  log: LogReader,
  place: string,
  content: Inline,
  figures: Map<string, Figure>,
  specs: Map<string, FigureSpec | undefined>,
): LintFinding[] {
  const findings: LintFinding[] = [];
  const text = content.map((node) => ("text" in node ? node.text : "")).join(" ");
  const bound = [...new Set(content.flatMap((node) => (node.type === "figure" ? [node.id] : [])))];
  const claimants = new Set(
    bound.flatMap((id) => (figures.get(id)?.rows ?? []).map((row) => (row.claim === null ? "our own count" : row.claimant))),
  );
  const [only] = claimants;
  if (
    place.includes("paragraph") &&
    bound.length > 1 &&
    claimants.size === 1 &&
    only &&
    only !== "our own count" &&
    !namesClaimant(text, only) &&
    !HEDGED.test(text)
  )
    findings.push({
      rule: "one-source-paragraph",
      place,
      what: `Everything here is said by ${only} alone`,
      fix: "Say so, or bring a figure by somebody else",
    });
  for (const sentence of sentences(content)) {
    const words = sentence.map((node) => ("text" in node ? node.text : "")).join(" ");
    const periods = sentence.flatMap((node) => {
      const period =
        node.type === "figure" && specs.get(node.id)?.measure === "quote" ? quotedPeriod(log, figures.get(node.id)) : undefined;
      return period ? [periodLengthName(period)] : [];
    });
    if (new Set(periods).size > 1 && COMPARING.test(words) && !SAYS_LENGTH.test(words))
      findings.push({
        rule: "unequal-periods",
        place,
        what: `It sets ${[...new Set(periods)].join(" against ")}`,
        fix: "Say how long each period is, or compare equal ones",
      });
  }
  return findings;
}

function namesClaimant(text: string, claimant: string): boolean {
  const words = claimant.split(/[^A-Za-z]+/).filter((word) => word.length > 2);
  return words.some((word) => new RegExp(`\\b${word}\\b`, "i").test(text));
}

function quotedPeriod(log: LogReader, figure: Figure | undefined): string | undefined {
  const chosen = figure?.rows[0]?.claim;
  return chosen == null ? undefined : readClaim(log, chosen)?.period;
}

/** What the headline says has to stand in the story again, where there is room to say how it is known. */
function lintHeadline(story: Story): LintFinding[] {
  const body = story.sections.flatMap((section) => section.blocks);
  const carried = new Set(body.flatMap((block) => [...block.content.map(tokenOf), ...(block.type === "paragraph" ? [] : [block.figure])]));
  return story.headline
    .filter((node) => ["figure", "name", "date"].includes(node.type))
    .map(tokenOf)
    .filter((token) => !carried.has(token))
    .map((token) => ({
      rule: "headline-not-carried",
      place: "headline",
      what: `“${token}” stands in no section`,
      fix: "Carry it in the text, or take it out of the headline",
    }));
}

function lintPhoto({ photo }: Story): LintFinding[] {
  if (!photo) return [];
  const owed = {
    credit: ["its credit", "who made it, as they want to be named"],
    licence: ["its licence", "by what right it is printed: CC BY 4.0, or “used with permission of …”"],
    alt: ["its alternative text", "what it shows, for those who do not see it"],
  } as const;
  return (Object.keys(owed) as (keyof typeof owed)[])
    .filter((key) => !photo[key]?.trim())
    .map((key): LintFinding => ({
      rule: "photo-without-rights",
      place: `head, ${key}`,
      what: `“${photo.file}” lacks ${owed[key][0]}`,
      fix: `Add to the head: “${key}: …”, ${owed[key][1]}`,
    }));
}

/** Of a figure that is missing or has no value another rule tells. */
function lintPicture({ picture, photo }: Story, figures: Map<string, Figure>): LintFinding[] {
  const figure = picture === undefined || photo ? undefined : figures.get(picture);
  if (!figure || figure.value === null || canBeDrawn(figure)) return [];
  return [
    {
      rule: "picture-draws-nothing",
      place: "head, picture",
      what: `“${figure.id}” is a single value and draws nothing`,
      fix: "Name a figure that is a series of values, or leave picture: out",
    },
  ];
}

const tokenOf = (node: Inline[number]): string => (node.type === "figure" ? node.id : node.type === "date" ? node.date : node.text);

const maskedNames = new WeakMap<LogReader["db"], { log_size: number; names: readonly string[] }>();

/** True names that the case file holds behind a mask; they are private and stand in no page. Read once for a size of the log. */
function readMasked(log: LogReader): readonly string[] {
  const log_size = log.size();
  const known = maskedNames.get(log.db);
  if (known?.log_size === log_size) return known.names;
  const names = readClaims(log, { log_size, evidence: "all" }, { kind: "party", field: "name_true" }).map((claim) => claim.value);
  maskedNames.set(log.db, { log_size, names });
  return names;
}

function lintMasked(log: LogReader, story: Story): LintFinding[] {
  const masked = readMasked(log);
  return [...inlineRuns(story)].flatMap(({ place, content }) => {
    const text = content
      .map((node) => ("text" in node ? node.text : ""))
      .join("")
      .toLowerCase();
    return masked
      .filter((name) => name.length > 2 && text.includes(name.toLowerCase()))
      .map((): LintFinding => ({
        rule: "name-to-mask",
        place,
        what: "A name that the case file masks stands here",
        fix: "Use the name as it may be shown",
      }));
  });
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

function isSuspected(log: LogReader, figure: Figure): boolean {
  return figure.rows.some((row) => row.claim !== null && readClaim(log, row.claim)?.hedge === "suspected");
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
