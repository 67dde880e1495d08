import { writeFileSync } from "node:fs";
import {
  KINDS,
  kindOf,
  kindSpec,
  readClaim,
  readClaims,
  readHistory,
  readJudgements,
  readSubjects,
  type Claim,
  type Kind,
  type Vantage,
} from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { drawPage, findCapture, listCaptures, locatorText, readText, knownSize, type Capture } from "../evidence/evidence.ts";
import { findFigureSpec, listChoicesOn, listFigureSpecs } from "../figures/figures.ts";
import { formatStoryText, listPublications, readPublication } from "../press/press.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { openReader, text, whole, type Command, type CommandContext } from "./command.ts";
import { counted, table, wrap } from "./output.ts";
import { ATTRIBUTION_LISTS } from "./show-attribution.ts";

const SUMMARY_KINDS = ["captures", "stories", "figures"] as const;

export const show: Command = {
  name: "show",
  summary: "Show anything by its name: a subject, a claim, a capture, a story, a list of them",
  arguments: "[name]",
  options: [
    { flags: "--text", about: "of a capture: its text, to quote from" },
    { flags: "--choices", about: "of a subject: which figure takes which claim, by which rule" },
    { flags: "--picture <path>", about: "of a capture: a page of a PDF, or an image, as it looks, as a PNG" },
    { flags: "--page <n>", about: "which page of it (1)" },
    { flags: "--proof", about: "of an entry: what is needed to check it with our server off" },
    { flags: "--known <when>", about: "as known at a log size or a time" },
    { flags: "--as-of <date>", about: "only what had been claimed by this date" },
    { flags: "--released", about: "only what readers see" },
  ],
  examples: [
    ["tracewire show theft/2023-09-04-stake", "a theft: rival claims side by side"],
    ["tracewire show 42", "an entry of the log"],
    ["tracewire show thefts", "all of a kind; also captures, stories, figures"],
    ["tracewire show blame", "who blames whom, in which words, who denies; overlaps: what groups share"],
  ],
  async run(context, [name], options) {
    const newsroom = openReader(context);
    try {
      const at: Vantage = {
        log_size: knownSize(newsroom.log, text(options, "known")),
        evidence: options.released ? "released" : "all",
        as_of: text(options, "asOf"),
      };
      if (name === undefined) return showSummary(context, newsroom, at);
      if (options.proof) return showProof(newsroom, name);
      const kind = (Object.keys(KINDS) as Kind[]).find((candidate) => candidate === name || kindSpec(candidate).many === name);
      if (kind) return showKind(context, newsroom, at, kind);
      if ((SUMMARY_KINDS as readonly string[]).includes(name)) return showList(context, newsroom, name as (typeof SUMMARY_KINDS)[number]);
      if (Object.hasOwn(ATTRIBUTION_LISTS, name)) return ATTRIBUTION_LISTS[name as keyof typeof ATTRIBUTION_LISTS](context, newsroom, at);
      if (kindOf(name) && options.choices) return showChoices(context, newsroom, name);
      if (kindOf(name)) return showSubject(context, newsroom, at, name);
      const publication = readPublication(newsroom.log, name);
      if (publication) {
        context.output.json(publication);
        context.output.line(formatStoryText(publication.story));
        return;
      }
      const capture = findCapture(newsroom.log, name);
      const picture = text(options, "picture");
      if (capture && picture) return await drawCapture(context, newsroom, capture, whole(options, "page", "--page") ?? 1, picture);
      if (capture) return await showCapture(context, newsroom, capture, Boolean(options.text));
      if (findFigureSpec(newsroom.log, name))
        throw new TracewireError("NOT_FOUND", { what: `“${name}” is a figure`, hint: `tracewire figure ${name}` });
      if (/^\d{1,9}$/.test(name)) return showEntry(context, newsroom, Number(name));
      throw new TracewireError("NOT_FOUND", {
        what: `There is nothing named "${name}"`,
        hint: `Kinds: ${Object.values(KINDS)
          .map((spec) => spec.many)
          .join(", ")}; also ${[...SUMMARY_KINDS, ...Object.keys(ATTRIBUTION_LISTS)].join(", ")}.`,
      });
    } finally {
      newsroom.close();
    }
  },
};

export const history: Command = {
  name: "history",
  summary: "Every claim ever made on a subject, superseded ones too, in the order of the log",
  arguments: "<subject>",
  options: [{ flags: "--known <when>", about: "as known at a log size or a time" }],
  examples: [["tracewire history theft/2022-04-14-ronin-bridge", "how the record of one theft came about"]],
  run(context, [subject], options) {
    const newsroom = openReader(context);
    try {
      const claims = readHistory(newsroom.log, { log_size: knownSize(newsroom.log, text(options, "known")), evidence: "all" }, subject!);
      if (claims.length === 0) throw new TracewireError("NOT_FOUND", { what: `There is no claim on "${subject}"` });
      for (const claim of claims) context.output.json(claim);
      const rows = claims.map((claim) => [
        String(claim.seq),
        claim.at.slice(0, 16).replace("T", " "),
        claim.field,
        valueOf(claim),
        claim.claimant,
        claim.superseded === undefined ? "" : `${claim.retracted ? "taken back" : "superseded"} at ${claim.superseded}`,
      ]);
      for (const line of table([["entry", "logged", "field", "value", "who says", ""], ...rows], context.output.width, [0]))
        context.output.line(line);
    } finally {
      newsroom.close();
    }
  },
};

function showSummary(context: CommandContext, newsroom: NewsroomReader, at: Vantage): void {
  const rows = (Object.keys(KINDS) as Kind[]).map(
    (kind) => [kindSpec(kind).many, readSubjects(newsroom.log, at, kind).length, readClaims(newsroom.log, at, { kind }).length] as const,
  );
  const summary = {
    log_size: newsroom.log.size(),
    captures: listCaptures(newsroom.log).length,
    figures: listFigureSpecs(newsroom.log).length,
    stories: listPublications(newsroom.log).length,
    kinds: Object.fromEntries(rows.map(([name, subjects, claims]) => [name, { subjects, claims }])),
  };
  context.output.json(summary);
  context.output.line([counted(summary.log_size, "entry", "entries"), counted(summary.captures, "capture"), counted(summary.figures, "figure"), counted(summary.stories, "story", "stories")].join(", "));
  for (const line of table(
    rows.map(([name, subjects, claims]) => [`  ${name}`, String(subjects), counted(claims, "claim")]),
    context.output.width,
    [1],
  ))
    context.output.line(line);
}

function showKind(context: CommandContext, newsroom: NewsroomReader, at: Vantage, kind: Kind): void {
  const title = kindSpec(kind).title;
  const rows = [...Map.groupBy(readClaims(newsroom.log, at, { kind }), (claim) => claim.subject)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([subject, claims]) => {
      const label = claims.findLast((claim) => claim.field === title)?.value ?? "";
      context.output.json({ subject, title: label, claims: claims.length });
      return [subject, `${counted(claims.length, "claim")} held`, label];
    });
  if (rows.length === 0) context.output.line(`No ${kindSpec(kind).many} yet.`);
  for (const line of table(rows, context.output.width)) context.output.line(line);
}

function showList(context: CommandContext, newsroom: NewsroomReader, what: (typeof SUMMARY_KINDS)[number]): void {
  const rows =
    what === "captures"
      ? listCaptures(newsroom.log).map((capture) => {
          context.output.json(capture);
          return [
            String(capture.seq),
            capture.sha256.slice(0, 12),
            capture.grade,
            capture.released === undefined ? "not released" : "released",
            capture.title,
          ];
        })
      : what === "stories"
        ? listPublications(newsroom.log).map((story) => {
            context.output.json({ slug: story.slug, revision: story.revision, at: story.at });
            return [story.slug, `revision ${story.revision}`, story.at];
          })
        : listFigureSpecs(newsroom.log).map(({ id, spec }) => {
            context.output.json({ id, title: spec.title });
            return [id, spec.title];
          });
  if (rows.length === 0) context.output.line(`No ${what} yet.`);
  for (const line of table(rows, context.output.width)) context.output.line(line);
}

function showSubject(context: CommandContext, newsroom: NewsroomReader, at: Vantage, subject: string): void {
  const claims = readClaims(newsroom.log, at, { subject });
  if (claims.length === 0)
    throw new TracewireError("NOT_FOUND", { what: `There is no claim on "${subject}"`, hint: `List: tracewire show ${kindOf(subject)}` });
  const judgements = readJudgements(newsroom.log, at).filter((judgement) => judgement.subject === subject || judgement.other === subject);
  context.output.json({ subject, claims, judgements });
  const fields = kindSpec(kindOf(subject)!).fields;
  context.output.line(`${context.output.bold(subject)}  ${counted(claims.length, "claim")} held`);
  for (const [field, rivals] of Map.groupBy(claims, (claim) => claim.field)) {
    context.output.line(fields[field]?.label ?? field);
    const rows = rivals.map((claim) => [
      `  ${claim.seq}`,
      valueOf(claim),
      `${claim.claimant}${claim.document ? `, ${claim.document}` : ""}`,
      `${claim.hedge}${claim.part_of ? `; part: ${claim.part_of}` : ""}`,
      claim.as_of,
    ]);
    for (const line of table(rows, context.output.width, [0])) context.output.line(line);
  }
  for (const judgement of judgements)
    for (const line of wrap(
      `Judgement ${judgement.seq}, ${judgement.question}: ${judgement.verdict}. ${judgement.why} (${judgement.by})`,
      context.output.width,
    ))
      context.output.line(line);
}

function showChoices({ output }: CommandContext, newsroom: NewsroomReader, subject: string): void {
  const choices = listChoicesOn(newsroom.log, subject);
  if (choices.length === 0) throw new TracewireError("NOT_FOUND", { what: `No figure could count “${subject}”` });
  for (const choice of choices) {
    output.json(choice);
    output.line(output.bold(choice.figure));
    for (const { claim, why } of choice.chosen) output.line(`  takes claim ${claim}: ${why}`);
    if (choice.beside.length > 0) output.line(`  in its range: ${choice.beside.join(", ")}`);
    for (const { claim, why } of choice.not_compared) output.line(`  does not compare claim ${claim}: ${why}`);
    if (choice.outside !== undefined) output.line(`  leaves it out: ${choice.outside}`);
  }
}

async function drawCapture({ output }: CommandContext, newsroom: NewsroomReader, capture: Capture, page: number, path: string): Promise<void> {
  const bytes = newsroom.blobs.get(capture.sha256);
  if (!bytes) throw new TracewireError("NOT_FOUND", { what: "Its bytes are not here", where: capture.sha256 });
  const drawn = await drawPage(bytes, capture.media_type.sniffed, page);
  if (drawn.outcome === "refused") throw new TracewireError("CAPTURE_UNREADABLE", { what: `There is no picture of it: ${drawn.reason}`, where: capture.sha256 });
  try {
    writeFileSync(path, drawn.png, { flag: "wx" });
  } catch (error) {
    throw new TracewireError("BAD_ARGUMENT", { what: "The file cannot be written, or is there already", where: path, cause: error });
  }
  output.json({ picture: path, page, pages: drawn.pages, width: drawn.width, height: drawn.height });
  output.line(`${path}: page ${page} of ${drawn.pages}, ${drawn.width} × ${drawn.height}, drawn anew`);
}

async function showCapture(context: CommandContext, newsroom: NewsroomReader, capture: Capture, withText: boolean): Promise<void> {
  if (withText) {
    const extraction = await readText(newsroom.blobs, capture);
    if (extraction.outcome === "unreadable")
      throw new TracewireError("CAPTURE_UNREADABLE", { what: extraction.reason, where: capture.sha256 });
    context.output.json({ sha256: capture.sha256, text: extraction.text });
    context.output.line(extraction.text);
    return;
  }
  const claims = readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" }, { capture: capture.seq });
  context.output.json({ ...capture, claims: claims.map((claim) => claim.seq) });
  context.output.line(context.output.bold(capture.title));
  const rows = [
    ["  SHA-256", capture.sha256],
    [
      "  entry",
      `${capture.seq}, ${capture.released === undefined ? "not released" : `released by entry ${capture.released}`}; bytes ${capture.bytes_released === undefined ? "held back" : "released"}`,
    ],
    ["  graded", `${capture.grade}; source ${capture.source_grade}, item ${capture.item_grade}`],
    ["  from", `${capture.origin.from} ${capture.origin.name}`],
    ["  retrieved", `${capture.retrieved_at} by ${capture.retrieved_by}`],
    [
      "  media type",
      `${capture.media_type.sniffed}${capture.media_type.declared && capture.media_type.declared !== capture.media_type.sniffed ? ` (declared ${capture.media_type.declared})` : ""}, ${capture.byte_count} bytes`,
    ],
    [
      "  text",
      capture.extraction.outcome === "text"
        ? `by ${capture.extraction.extractor} ${capture.extraction.version}`
        : `none: ${capture.extraction.reason}`,
    ],
    ["  claims", `${claims.length} read from it`],
  ];
  for (const line of table(rows, context.output.width)) context.output.line(line);
}

function showEntry(context: CommandContext, newsroom: NewsroomReader, seq: number): void {
  const entry = newsroom.log.read(seq);
  if (!entry) throw new TracewireError("NOT_FOUND", { what: `The log has ${newsroom.log.size()} entries; there is no ${seq}` });
  if (!entry.body) throw new TracewireError("ERASED", { what: `Entry ${seq} was erased` });
  const claim = readClaim(newsroom.log, seq);
  context.output.json({ seq, body: entry.body });
  if (!claim) {
    context.output.line(JSON.stringify(entry.body, null, 2));
    return;
  }
  const source = findCapture(newsroom.log, claim.source.capture);
  const rows = Object.entries({
    subject: claim.subject,
    field: claim.field,
    value: valueOf(claim),
    "who says": claim.claimant,
    document: claim.document,
    cites: claim.cites?.join(", "),
    "relayed by": claim.relayed_by,
    hedge: claim.hedge,
    bound: claim.bound,
    "as of": claim.as_of,
    valued: claim.valuation?.basis,
    measured: claim.measure,
    "part of": claim.part_of,
    citation: claim.citation,
    "read at": locatorText(claim.source.locator),
    capture: source ? `${source.sha256.slice(0, 12)} ${source.title} (${source.grade})` : "",
    logged: `${claim.at} by ${claim.by}`,
    released: claim.released === undefined ? "no" : `by entry ${claim.released}`,
  })
    .filter(([, value]) => value)
    .map(([name, value]) => [`  ${name}`, value!]);
  context.output.line(`Claim ${context.output.bold(String(seq))}`);
  for (const line of table(rows, context.output.width)) context.output.line(line);
}

/** Everything that docs/check-a-proof.md needs to check one entry with openssl and sha256sum. */
function showProof(newsroom: NewsroomReader, name: string): void {
  const seq = /^\d{1,9}$/.test(name) ? Number(name) : findCapture(newsroom.log, name)?.seq;
  const entry = seq === undefined ? undefined : newsroom.log.read(seq);
  if (!entry || seq === undefined) throw new TracewireError("NOT_FOUND", { what: `There is no entry "${name}"` });
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const size = newsroom.log.size();
  process.stdout.write(
    `${JSON.stringify({
      seq,
      size,
      ...(entry.salt && entry.bytes
        ? { salt: Buffer.from(entry.salt).toString("base64"), body: Buffer.from(entry.bytes).toString("utf8") }
        : { erased: true }),
      leaf: hex(entry.leaf),
      proof: newsroom.log.inclusion(seq, size).map(hex),
      root: newsroom.log.root(size),
      checkpoint: newsroom.log.checkpoint(),
      verifier_key: newsroom.verifierKey,
    })}\n`,
  );
}

function valueOf(claim: Claim): string {
  const unit = claim.unit ? ` ${claim.unit}` : "";
  const value = /^\d{4,}$/.test(claim.value) && claim.unit ? claim.value.replace(/\B(?=(\d{3})+$)/g, ",") : claim.value;
  return `${value}${unit}`;
}
