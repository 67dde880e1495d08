// What `tracewire verify` does once the entries are proven: the views are computed again from them in memory and
// compared with those on disk, the rows of datasets are compared with the roots that their entries name, and every
// published figure is computed again and compared with what was published.
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { createViews, diskFileSystem, hasViews, openBlobStore, openLogReader, verifyBundle, viewsDigest, knownSize, type Bundle, type EntryBody, type LogReader } from "./evidence/evidence.ts";
import { listDatasets, rereadRows, storedRowsRoot, type SourceFile } from "./datasets/datasets.ts";
import { TracewireError } from "./errors.ts";
import { computeFigure, computeOrFault, datasetsOf, figureHash, findFigureSpec, requireFigureSpec, type Figure } from "./figures/figures.ts";
import { VIEWS } from "./newsroom.ts";
import { listTraces, listTransferSets, reproduceTrace, storedColumnsRoot, storedSegmentRoot } from "./tracing/tracing.ts";
import { listPublications, listRevisions, readPublication } from "./press/press.ts";
import { everyIssuedReport } from "./reports/reports.ts";

export type RecomputeFinding = {
  what: "views_of_another_version" | "view_differs" | "rows_differ" | "trace_differs" | "trace_of_another_version" | "figure_differs" | "figure_cannot_be_computed";
  index?: number;
  file?: string;
  expected?: string;
  actual?: string;
  /** Nothing is damaged: it could not be compared. */
  is_warning?: true;
};

/** Findings in the caches of one data folder; its entries must have been verified before. */
export async function recomputeFolder(folder: string): Promise<RecomputeFinding[]> {
  const log = openLogReader(folder);
  try {
    // Another version's tables are never read by this one; opening the folder makes them anew, and verifying changes nothing.
    if (!hasViews(log.db, VIEWS)) return [{ what: "views_of_another_version", file: "newsroom.db" }];
    const findings: RecomputeFinding[] = [];
    const fresh = new DatabaseSync(":memory:");
    createViews(fresh, VIEWS);
    for (const { seq, body } of log.entries()) if (body) for (const view of VIEWS) view.apply(fresh, { seq, body });
    const [expected, actual] = [viewsDigest(fresh, VIEWS), readDigest(log.db)];
    for (const { name } of VIEWS)
      if (expected[name] !== actual[name])
        findings.push({ what: "view_differs", file: join("newsroom.db", name), expected: expected[name], actual: actual[name] });
    fresh.close();
    for (const dataset of listDatasets(log)) {
      const actual = storedRowsRoot(log, dataset.seq);
      if (actual !== dataset.rows_root)
        findings.push({
          what: "rows_differ",
          index: dataset.seq,
          file: `newsroom.db, rows of ${dataset.name}`,
          expected: dataset.rows_root,
          actual,
        });
    }
    for (const set of listTransferSets(log)) {
      for (const [ending, actual] of [["rows", storedSegmentRoot(folder, set)], ["columns", storedColumnsRoot(folder, set)]])
        if (actual !== undefined && actual !== set.rows_root)
          findings.push({ what: "rows_differ", index: set.seq, file: join("segments", `${set.rows_root}.${ending}`), expected: set.rows_root, actual });
    }
    if (findings.length > 0) return findings;
    const newsroom = { log, blobs: openBlobStore(folder, diskFileSystem), folder };
    for (const saved of listTraces(log, "all")) {
      const { same, result_sha256, moved } = await reproduceTrace(newsroom, saved);
      if (same) continue;
      const found = { index: saved.seq, file: saved.id, expected: saved.result_sha256, actual: result_sha256 };
      findings.push(moved.length > 0 ? { what: "trace_of_another_version", ...found, is_warning: true } : { what: "trace_differs", ...found });
    }

    const erased = new Set(
      log.db
        .prepare("SELECT seq FROM entry_index WHERE erased IS NOT NULL")
        .all()
        .map((row) => row.seq as number),
    );
    for (const { seq, figures } of printings(log))
      for (const published of figures) {
        // What an erasure took away cannot be computed again; its value and hash stay where it was printed.
        if (published.rows.some((row) => [row.claim, ...row.rivals].some((claim) => claim !== null && erased.has(claim)))) continue;
        const size = Number(published.log_size);
        const named = findFigureSpec(log, published.id, size);
        const again = named && computeOrFault(log, named.spec, size, published.rules_version);
        if (!again || again instanceof TracewireError) findings.push({ what: "figure_cannot_be_computed", index: seq, file: published.id });
        else if (figureHash(again) !== figureHash(published))
          findings.push({
            what: "figure_differs",
            index: seq,
            file: published.id,
            expected: figureHash(published),
            actual: figureHash(again),
          });
      }
    return findings;
  } finally {
    log.close();
  }
}

/** Whatever was printed with figures in it: every revision of every story, and every issued report. */
function* printings(log: LogReader): Generator<{ seq: number; figures: Figure[] }> {
  for (const { slug } of log.db.prepare("SELECT DISTINCT slug FROM publications ORDER BY slug").all())
    yield* listRevisions(log, slug as string);
  yield* everyIssuedReport(log);
}

function readDigest(db: DatabaseSync): Record<string, string> {
  try {
    return viewsDigest(db, VIEWS);
  } catch {
    return {};
  }
}

export type Reproduced = { figure: Figure; computed_sha256: string | null; same: boolean };

/**
 * Computes the figures of an exported bundle again, from its entries alone, on a machine that has no newsroom. The
 * bundle must have verified. A root over entries that the bundle does not hold is taken from the figure itself; one
 * over the bundle's own log size is compared with the signed checkpoint.
 */
export function reproduceBundle(text: string, size: number, root: string): Reproduced[] {
  const bundle = JSON.parse(text) as Pick<Bundle, "entries" | "blobs" | "extra">;
  const db = new DatabaseSync(":memory:");
  try {
    createViews(db, VIEWS);
    for (const { seq, body } of bundle.entries) for (const view of VIEWS) view.apply(db, { seq, body: JSON.parse(body) as EntryBody });
    const missing = rereadRows(db, fileInBundle(bundle));
    const published = listPublications({ db }).flatMap((publication) => publication.figures);
    const figures = published.length > 0 ? published : ((bundle.extra as { figures?: Figure[] } | undefined)?.figures ?? []);
    return figures.map((figure) => {
      const log_size = Number(figure.log_size);
      const named = findFigureSpec({ db }, figure.id, log_size);
      const log = { db, root: () => (log_size === size ? root : figure.root) } as unknown as LogReader;
      const isWhole = named && !datasetsOf(named.spec).some((name) => missing.includes(name.split("@")[0]!));
      const again = isWhole ? computeFigure(log, named.spec, log_size, figure.rules_version) : undefined;
      return {
        figure,
        computed_sha256: again ? figureHash(again) : null,
        same: again !== undefined && figureHash(again) === figureHash(figure),
      };
    });
  } finally {
    db.close();
  }
}

/**
 * The figures of a bundle that somebody sent: it is verified first, then they are computed from its entries alone. Throws
 * BUNDLE_DAMAGED, NOT_FOUND where it carries none.
 */
export function reproduceFromText(text: string, { key, where }: { key?: string; where: string }): Reproduced[] {
  const report = verifyBundle(text, { key });
  if (report.outcome !== "clean") throw new TracewireError("BUNDLE_DAMAGED", { what: `It does not verify (${report.findings[0]?.what})`, where });
  const figures = reproduceBundle(text, report.size, report.root);
  if (figures.length === 0) throw new TracewireError("NOT_FOUND", { what: "The bundle carries no figure", where, hint: "Export one: tracewire export figure ID --out FILE." });
  return figures;
}

/** Every figure of a published story (`revision`: of that one), or one figure as it was last published, computed again. Throws NOT_FOUND. */
export function reproducePrinted(log: LogReader, id: string, { revision, known }: { revision?: number; known?: string } = {}): Reproduced[] {
  const published = readPublication(log, id, revision)?.figures ?? publishedFigure(log, id, known);
  return published.map((figure) => {
    const log_size = Number(figure.log_size);
    const named = findFigureSpec(log, figure.id, log_size);
    const again = named && computeFigure(log, named.spec, log_size, figure.rules_version);
    return { figure, computed_sha256: again ? figureHash(again) : null, same: again !== undefined && figureHash(again) === figureHash(figure) };
  });
}

/** The figure as a story last published it; one that no story carries is computed twice, from fresh reads. */
function publishedFigure(log: LogReader, id: string, known: string | undefined): Figure[] {
  const { spec } = requireFigureSpec(log, id);
  if (known === undefined)
    for (const row of log.db.prepare("SELECT body FROM publications ORDER BY seq DESC").iterate()) {
      const figure = (JSON.parse(row.body as string) as { figures: Figure[] }).figures.find((candidate) => candidate.id === id);
      if (figure) return [figure];
    }
  return [computeFigure(log, spec, knownSize(log, known))];
}

function fileInBundle({ entries, blobs }: Pick<Bundle, "entries" | "blobs">): (capture: number) => SourceFile | undefined {
  const bodies = new Map(entries.map(({ seq, body }) => [seq, body]));
  const bytes = new Map(blobs.map(({ sha256, base64 }) => [sha256, base64]));
  return (seq) => {
    const capture = JSON.parse(bodies.get(seq) ?? "{}") as { kind?: string; sha256?: string; origin?: { name: string } };
    const base64 = capture.kind === "capture" ? bytes.get(capture.sha256!) : undefined;
    return base64 === undefined ? undefined : { name: capture.origin!.name, bytes: Buffer.from(base64, "base64") };
  };
}
