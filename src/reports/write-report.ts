// A built report as a folder: HTML, tagged PDF, data, bundle, and the sum of each. Written beside its place and moved
// there whole; two builds of one state are byte-identical.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isPrivateClaim } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { canonicalJson, diskFault, exportBundle, sha256Hex, type EvidenceReader, type Json } from "../evidence/evidence.ts";
import { entriesOfFigures } from "../figures/figures.ts";
import type { Built } from "./build-report.ts";
import { reportHtml } from "./report-html.ts";
import { reportPdf } from "./report-pdf.ts";
import { reportText, type Report, type SourceName } from "./report.ts";

export type ReportFile = { name: string; bytes: Uint8Array };
export const REPORT_FILES = ["report.html", "report.pdf", "report.json", "bundle.json", "SHA256SUMS"] as const;

/** Every file of the report. `said` is told before each, for those who wait. */
export async function renderReport(
  newsroom: EvidenceReader & { verifierKey: string },
  { report, figures }: Built,
  said: (step: string) => void = () => {},
): Promise<ReportFile[]> {
  const log_size = Number(report.log_size);
  said("Writing report.json and report.html");
  const text = (value: string) => new TextEncoder().encode(value);
  const files: ReportFile[] = [
    { name: "report.html", bytes: text(reportHtml(report)) },
    { name: "report.json", bytes: text(reportText(report)) },
  ];
  said("Laying out report.pdf");
  files.push({ name: "report.pdf", bytes: await reportPdf(report) });
  said("Gathering bundle.json");
  const bundle = exportBundle(newsroom.log, newsroom.blobs, {
    subject: `report ${report.symbol}`,
    seqs: [...new Set([...entriesOfFigures(newsroom.log, figures, log_size), ...entriesOf(report)])].sort((a, b) => a - b),
    made_at: report.log_time,
    verifier_key: newsroom.verifierKey,
    extra: { figures: figures as unknown as Json },
    log_size,
    withhold: isPrivateClaim,
  });
  files.push({ name: "bundle.json", bytes: text(`${canonicalJson(bundle as unknown as Json)}\n`) });
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const sums = files.map(({ name, bytes }) => `${sha256Hex(bytes)}  ${name}\n`).join("");
  return [...files, { name: "SHA256SUMS", bytes: text(sums) }];
}

/** Claims and captures that the text, the notes and the annexes name. */
function entriesOf(report: Report): number[] {
  const sources = (named: readonly (SourceName | null)[]) => named.flatMap((source) => (source ? [source.entry] : []));
  return [
    ...report.footnotes.flatMap(({ claims, sources: list }) => [
      ...claims.flatMap(({ entry, source }) => [entry, source.entry]),
      ...list.map(({ source }) => source.entry),
    ]),
    ...report.annexes.rows.flatMap(({ rows }) => [
      ...rows.flatMap(({ claim }) => claim ?? []),
      ...sources(rows.map(({ source }) => source)),
    ]),
    ...report.annexes.replies.flatMap(({ claims, answers }) => [...claims, ...sources(answers.map(({ source }) => source))]),
  ];
}

/** Puts the files into `folder` at once. Refuses one that is there, unless `force`; then only a report's folder is replaced. */
export function writeReport(folder: string, files: readonly ReportFile[], force: boolean): void {
  const place = resolve(folder);
  if (existsSync(place)) {
    if (!force)
      throw new TracewireError("BAD_ARGUMENT", {
        what: "The folder is there already",
        where: folder,
        hint: "Choose another, or add --force.",
      });
    if (!existsSync(join(place, "report.json")))
      throw new TracewireError("BAD_ARGUMENT", { what: "The folder holds no report, so it is not replaced", where: folder });
  }
  let building: string | undefined;
  try {
    mkdirSync(dirname(place), { recursive: true });
    building = mkdtempSync(join(dirname(place), `.${basename(place)}-`));
    // A report is made to be handed on; a folder made for passing is closed to others.
    chmodSync(building, 0o755);
    for (const { name, bytes } of files) writeFileSync(join(building, name), bytes, { flag: "wx", flush: true });
    if (!existsSync(place)) return renameSync(building, place);
    const old = `${building}-old`;
    renameSync(place, old);
    renameSync(building, place);
    rmSync(old, { recursive: true, force: true });
  } catch (error) {
    if (building) rmSync(building, { recursive: true, force: true });
    throw diskFault(error, folder);
  }
}
