import { writeFileSync } from "node:fs";
import { readClaims, readJudgements } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { exportBundle } from "../evidence/evidence.ts";
import { computeFigure, requireFigureSpec, type Figure } from "../figures/figures.ts";
import { readPublication } from "../press/press.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { openReader, text, type Command } from "./command.ts";

const SUBJECTS = ["figure", "story", "case"] as const;

export const exportCommand: Command = {
  name: "export",
  summary: "Make a bundle that anyone can check with no newsroom: entries, proofs, bytes that may leave",
  arguments: "<what> [id]",
  options: [{ flags: "--out <file>", about: "where to write it" }],
  examples: [
    ["tracewire export figure panel-2024-table-count --out figure.json", "a figure with the claims and sources it rests on"],
    ["tracewire verify --bundle figure.json", "what its receiver runs"],
  ],
  run(context, [what, id], options) {
    const out = text(options, "out");
    if (!(SUBJECTS as readonly string[]).includes(what!))
      throw new TracewireError("BAD_ARGUMENT", { what: `"${what}" cannot be exported; one of ${SUBJECTS.join(", ")}` });
    if (what !== "case" && !id) throw new TracewireError("BAD_ARGUMENT", { what: `Which ${what}?` });
    if (!out) throw new TracewireError("BAD_ARGUMENT", { what: "An export needs --out FILE" });
    const newsroom = openReader(context);
    try {
      const bundle = newsroom.log.snapshot(() =>
        exportBundle(newsroom.log, newsroom.blobs, {
          subject: what === "case" ? "case" : `${what} ${id}`,
          seqs:
            what === "figure"
              ? entriesOfFigures(newsroom, [figureNow(newsroom, id!)])
              : what === "story"
                ? entriesOfStory(newsroom, id!)
                : entriesOfCase(newsroom),
          made_at: context.effects.clock(),
          verifier_key: newsroom.verifierKey,
        }),
      );
      try {
        writeFileSync(out, `${JSON.stringify(bundle)}\n`, { flag: "wx" });
      } catch (error) {
        throw new TracewireError("BAD_ARGUMENT", { what: "The file cannot be written, or is there already", where: out, cause: error });
      }
      context.output.json({ out, entries: bundle.entries.length, blobs: bundle.blobs.length, left_out: bundle.left_out });
      context.output.line(`${out}: ${bundle.entries.length} entries with proofs, ${bundle.blobs.length} blobs.`);
      for (const item of bundle.left_out.slice(0, 20)) context.output.line(`  left out: ${item.what} (${item.why})`);
      context.output.line(`Its receiver checks it with: tracewire verify --bundle ${out} --key ${newsroom.verifierKey}`);
    } finally {
      newsroom.close();
    }
  },
};

function figureNow(newsroom: NewsroomReader, id: string): Figure {
  return computeFigure(newsroom.log, requireFigureSpec(newsroom.log, id).spec, newsroom.log.size());
}

/** Every entry a figure rests on: its rules, chosen claims and rivals, judgements on its rows, the captures read. */
function entriesOfFigures(newsroom: NewsroomReader, figures: readonly Figure[]): number[] {
  const seqs = new Set<number>([0]);
  const subjects = new Set<string>();
  const claims = new Map(readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" }).map((claim) => [claim.seq, claim]));
  for (const figure of figures) {
    seqs.add(requireFigureSpec(newsroom.log, figure.id).seq);
    for (const row of figure.rows) {
      subjects.add(row.subject);
      for (const seq of [row.claim, ...row.rivals]) if (seq !== null) seqs.add(seq);
    }
  }
  for (const claim of claims.values()) if (subjects.has(claim.subject)) seqs.add(claim.seq);
  for (const judgement of readJudgements(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" }))
    if (subjects.has(judgement.subject)) seqs.add(judgement.seq);
  for (const seq of [...seqs]) {
    const claim = claims.get(seq);
    if (claim) seqs.add(claim.source.capture);
  }
  return [...seqs].sort((a, b) => a - b);
}

function entriesOfStory(newsroom: NewsroomReader, slug: string): number[] {
  const publication = readPublication(newsroom.log, slug);
  if (!publication) throw new TracewireError("NOT_FOUND", { what: `No story "${slug}" has been published` });
  return [...new Set([publication.seq, ...entriesOfFigures(newsroom, publication.figures)])].sort((a, b) => a - b);
}

function entriesOfCase(newsroom: NewsroomReader): number[] {
  return newsroom.log.db
    .prepare("SELECT seq FROM entry_index ORDER BY seq")
    .all()
    .map((row) => row.seq as number);
}
