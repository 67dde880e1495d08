// What may leave, made as files: the one function behind `tracewire export` and the desk's exports. In the formats of others
// it is a folder with its manifest and hashes; as a bundle it is one file that proves itself.
import { isPrivateClaim } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { exportBundle, knownSize, type Bundle, type EvidenceReader, type Json } from "../evidence/evidence.ts";
import { computeFigure, entriesOfFigures, requireFigureSpec, type Figure } from "../figures/figures.ts";
import { listRevisions, readPublication } from "../press/press.ts";
import { FTM_CANNOT_CARRY, formatFtm, writeFtm } from "./follow-the-money.ts";
import { writeExport, type ExportFile, type Manifest } from "./manifest.ts";
import { MISP_CANNOT_CARRY, writeMisp } from "./misp.ts";
import { NINJS_CANNOT_CARRY, writeNinjs } from "./ninjs.ts";
import { readSharedCase } from "./shared-case.ts";
import { STIX_CANNOT_CARRY, writeStix, type TlpLevel } from "./stix.ts";
import { writeTable, type TableForm } from "./table-files.ts";
import { listTables, readTable } from "./tables.ts";

export const EXCHANGE_FORMATS = ["stix", "ftm", "misp", "ninjs", "list"] as const;
export type ExchangeFormat = (typeof EXCHANGE_FORMATS)[number];
export const BUNDLE_SUBJECTS = ["figure", "story", "case"] as const;
export type BundleSubject = (typeof BUNDLE_SUBJECTS)[number];

/** `base_url`: where readers find the site; a story for agencies names its addresses. */
export type ExchangeAsk = { format: ExchangeFormat; id?: string; form?: TableForm; tlp?: TlpLevel; known?: string; base_url: string };
type Made = { files: ExportFile[]; counts: Record<string, number>; left_out?: readonly { what: string; why: string }[]; marking?: string };
export type ExportSource = EvidenceReader & { verifierKey: string };

/** What a format leaves behind, known before anything is made. */
export function cannotCarry(format: ExchangeFormat, form: TableForm = "csv"): readonly string[] {
  if (format === "list") return form === "csv" ? [] : ["Types: every cell is text, since amounts go beyond every number type."];
  return { stix: STIX_CANNOT_CARRY, ftm: FTM_CANNOT_CARRY, misp: MISP_CANNOT_CARRY, ninjs: NINJS_CANNOT_CARRY }[format];
}

/** Writes into `out`, an empty or new folder. Throws BAD_ARGUMENT, NOT_FOUND, NOT_RELEASED. */
export function exportTo(out: string, { log, verifierKey }: ExportSource, ask: ExchangeAsk): Manifest {
  return log.snapshot(() => {
    const log_size = knownSize(log, ask.known);
    const { files, left_out = [], ...about } = make({ log, verifierKey }, ask, log_size);
    const shared = { log_size, root: log.root(log_size), verifier_key: verifierKey };
    const as_known_at = log.read(log_size - 1)?.body?.at ?? "";
    return writeExport(out, files, { what: ask.id ? `${ask.format} ${ask.id}` : ask.format, ...shared, as_known_at, ...about, cannot_carry: cannotCarry(ask.format, ask.form), left_out });
  });
}

function make({ log, verifierKey }: Pick<ExportSource, "log" | "verifierKey">, { format, id, form = "csv", tlp = "white", base_url }: ExchangeAsk, log_size: number): Made {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  if (format === "list") {
    if (!id) throw new TracewireError("BAD_ARGUMENT", { what: "Which list?", where: "id", hint: `Lists: ${listTables(log).join(", ")}.` });
    const table = readTable(log, id, log_size);
    return { files: [{ name: `${id.replaceAll("/", "-")}.${form}`, bytes: writeTable(table, form) }], counts: { rows: table.rows.length } };
  }
  if (format === "ninjs") {
    if (!id) throw new TracewireError("BAD_ARGUMENT", { what: "Which story?", where: "id", hint: "Name it by its slug." });
    const revisions = listRevisions(log, id).filter(({ seq }) => seq < log_size);
    const newest = revisions.at(-1);
    if (!newest) throw new TracewireError("NOT_FOUND", { what: `No story "${id}" has been published` });
    return { files: [{ name: `${id}.json`, bytes: json(writeNinjs(log, newest, revisions[0]!.at, base_url)) }], counts: { stories: 1 } };
  }
  const shared = readSharedCase(log, verifierKey, log_size);
  const { left_out } = shared;
  if (format === "ftm") {
    const entities = writeFtm(shared);
    return { files: [{ name: "entities.ftm.json", bytes: formatFtm(entities) }], counts: countBy(entities, ({ schema }) => schema), left_out };
  }
  const marking = `TLP:${tlp === "white" ? "CLEAR" : tlp.toUpperCase()}`;
  if (format === "misp") {
    const event = writeMisp(shared, tlp);
    const counts = { objects: (event.Event.Object as unknown[]).length, addresses: shared.addresses.length };
    return { files: [{ name: "event.misp.json", bytes: json(event) }], counts, left_out, marking };
  }
  const bundle = writeStix(shared, tlp);
  return { files: [{ name: "bundle.stix.json", bytes: json(bundle) }], counts: countBy(bundle.objects as { type: string }[], ({ type }) => type), left_out, marking };
}

const countBy = <T>(items: readonly T[], by: (item: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, by)].map(([name, own]) => [name, own.length] as const).sort());

/** A figure, a story or the whole log as a bundle; what is not public stays closed in it. Throws BAD_ARGUMENT, NOT_FOUND. */
export function bundleOf({ log, blobs, verifierKey }: ExportSource, subject: BundleSubject, id: string | undefined, made_at: string): Bundle {
  if (subject !== "case" && !id) throw new TracewireError("BAD_ARGUMENT", { what: `Which ${subject}?`, where: "id" });
  return log.snapshot(() =>
    exportBundle(log, blobs, {
      subject: subject === "case" ? "case" : `${subject} ${id!}`,
      ...contentsOf(log, subject, id),
      made_at,
      verifier_key: verifierKey,
      withhold: isPrivateClaim,
    }),
  );
}

type Log = ExportSource["log"];

function contentsOf(log: Log, subject: BundleSubject, id: string | undefined): { seqs: number[]; extra?: Json } {
  if (subject === "case") return { seqs: log.db.prepare("SELECT seq FROM entry_index ORDER BY seq").all().map((row) => row.seq as number) };
  if (subject === "story") return { seqs: entriesOfStory(log, id!) };
  const figure: Figure = computeFigure(log, requireFigureSpec(log, id!).spec, log.size());
  return { seqs: entriesOfFigures(log, [figure]), extra: { figures: [figure as unknown as Json] } };
}

function entriesOfStory(log: Log, slug: string): number[] {
  const publication = readPublication(log, slug);
  if (!publication) throw new TracewireError("NOT_FOUND", { what: `No story "${slug}" has been published` });
  return [...new Set([publication.seq, ...entriesOfFigures(log, publication.figures)])].sort((a, b) => a - b);
}
