// `tracewire claim --from-table`: as the desk does it (src/desk/rooms/tables.ts).
import {
  appendClaim,
  claimKey,
  findClaimByKey,
  foreseeClaims,
  KINDS,
  kindOf,
  readClaims,
  readTableClaims,
  requireReleasable,
  type Kind,
  type TableSpec,
} from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { appendRelease, findCapture, readText, type Extraction } from "../evidence/evidence.ts";
import type { NewsroomWriter } from "../newsroom.ts";
import { change, list, text, whole, type CommandContext, type Options } from "./command.ts";

const LINES_SHOWN = 50;
const TABLES_SHOWN = 10;
const HEADER_SHOWN = 60;

/** Throws BAD_CLAIM where cells are refused and --skip-refused is not given; then nothing is written. */
export async function claimTable(context: CommandContext, newsroom: NewsroomWriter, subject: string | undefined, options: Options): Promise<void> {
  const { output } = context;
  const source = findCapture(newsroom.log, text(options, "capture") ?? "");
  if (!source) throw new TracewireError("NOT_FOUND", { what: `There is no capture "${text(options, "capture") ?? ""}"`, hint: "List them: tracewire show captures" });
  const extraction = await readText(newsroom.blobs, source);
  if (extraction.outcome === "unreadable") throw new TracewireError("CAPTURE_UNREADABLE", { what: extraction.reason, where: source.sha256 });
  const at = { log_size: newsroom.log.size(), evidence: "all" } as const;
  const isHeld = (name: string) => readClaims(newsroom.log, at, { subject: name }).length > 0;
  const found = readTableClaims(extraction, source.seq, { ...specOf(extraction, subject, options), isHeld });
  const foreseen = foreseeClaims(newsroom.log, at, found.claims.map(({ claim }) => claim));
  for (const { row, column, why } of found.refused) {
    output.json({ row, column, refused: why });
    output.note(`Row ${row}, ${column}: refused, ${why}`);
  }
  for (const { row, label, checks, taken } of found.totals) {
    output.json({ row, total: label, taken, checks });
    const said = checks.map(({ words }) => words).join("; ") || "no column of numbers says more";
    output.note(`Row ${row}, “${label}”, is a total of the rows above it${taken ? ", and taken in all the same" : ` and left out (--take-total ${row} takes it in)`}: ${said}`);
  }
  for (const line of [...foreseen.findings.map(({ check, what }) => `${check}: ${what}`)]) output.note(line);
  if (found.refused.length > 0 && !options.skipRefused)
    throw new TracewireError("BAD_CLAIM", { what: `${found.refused.length} cells are refused, so nothing is saved`, where: `row ${found.refused[0]!.row}, ${found.refused[0]!.column}`, hint: "Mend what is named, or save the others with --skip-refused." });
  if (options.release) for (const { row, claim } of found.claims) requireReleasable(claim, `row ${row}`);
  const seqs = change(context, newsroom, (transaction) =>
    found.claims.map(({ claim }) => {
      const seq = findClaimByKey(transaction.db, claimKey(claim)) ?? appendClaim(transaction, claim, context.by);
      if (options.release) appendRelease(transaction, [seq, source.seq], [], context.by);
      return seq;
    }),
  );
  for (const [at, { row, column, claim }] of found.claims.entries()) {
    const added = !foreseen.held.has(at);
    output.json({ seq: seqs[at], added, row, column, subject: claim.subject, field: claim.field, value: claim.value, released: Boolean(options.release) });
    if (at < LINES_SHOWN) output.line(`Row ${row}, ${column}: ${claim.field} of ${claim.subject} is ${claim.value}${claim.unit ? ` ${claim.unit}` : ""} (${added ? `entry ${seqs[at]!}` : `held already: entry ${seqs[at]!}`})`);
  }
  if (found.claims.length > LINES_SHOWN) output.line(`… and ${found.claims.length - LINES_SHOWN} more`);
  output.line(`${found.claims.length - foreseen.held.size} claims added, ${foreseen.held.size} held already, ${found.empty} cells empty, ${found.refused.length} refused.`);
  if (seqs.length > 0) output.line(`All of them back: tracewire retract ${seqs[0]!}-${seqs.at(-1)!} --why "…"`);
}

function specOf({ tables = [] }: Extract<Extraction, { outcome: "text" }>, subject: string | undefined, options: Options): TableSpec {
  const table = whole(options, "fromTable", "--from-table")!;
  const shown = tables.slice(0, TABLES_SHOWN).map((one, at) => `${at + 1}: ${(one.header ?? []).join(", ").slice(0, HEADER_SHOWN) || "no heading"}`);
  if (!tables[table - 1])
    throw new TracewireError("BAD_ARGUMENT", {
      what: `--from-table ${table}: the capture has ${tables.length === 0 ? "no table" : tables.length === 1 ? "one table" : `${tables.length} tables`}`,
      where: "--from-table",
      hint: tables.length === 0 ? "Claims out of text: --quote." : `They count from 1. ${shown.join("; ")}${tables.length > TABLES_SHOWN ? "; …" : ""}`,
    });
  const header = tables[table - 1]!.header ?? [];
  const columns = new Map(
    list(options, "map").map((pair) => {
      const at = pair.lastIndexOf("=");
      const [name, role] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      const number = header.findIndex((heading) => heading.trim() === name) + 1 || Number(name);
      if (at < 1 || !Number.isSafeInteger(number) || number < 1) throw new TracewireError("BAD_ARGUMENT", { what: `--map ${pair}: no column is headed so`, hint: `Headings: ${header.join(", ")}` });
      return [number, role] as const;
    }),
  );
  const kind = subject === undefined ? text(options, "kind") : kindOf(subject);
  if (kind === undefined || !Object.hasOwn(KINDS, kind)) throw new TracewireError("BAD_ARGUMENT", { what: "Name a subject, or what each row is with --kind", hint: Object.keys(KINDS).join(", ") });
  const claimant = text(options, "claimant");
  if (!claimant) throw new TracewireError("BAD_ARGUMENT", { what: "Missing: --claimant" });
  const span = text(options, "rows");
  const [, from, to] = /^(\d+)-(\d+)$/.exec(span ?? "") ?? [];
  if (span !== undefined && from === undefined) throw new TracewireError("BAD_ARGUMENT", { what: `--rows ${span}: two numbers, such as 1-20` });
  const basis = text(options, "basis");
  const given = {
    unit: text(options, "unit"),
    bound: text(options, "bound"),
    measure: text(options, "measure"),
    period: text(options, "period"),
    document: text(options, "document"),
    valuation: basis ? { basis } : undefined,
    cites: list(options, "cites").length > 0 ? list(options, "cites") : undefined,
  };
  return {
    table,
    take_totals: list(options, "takeTotal").map(Number),
    ...(span === undefined ? {} : { rows: { from: Number(from), to: Number(to) } }),
    kind: kind as Kind,
    subject,
    prefix: text(options, "prefix"),
    columns,
    common: {
      claimant,
      hedge: (text(options, "hedge") ?? "unstated") as TableSpec["common"]["hedge"],
      as_of: text(options, "asOf") ?? "unstated",
      ...(Object.fromEntries(Object.entries(given).filter(([, part]) => part !== undefined)) as Partial<TableSpec["common"]>),
    },
  };
}
