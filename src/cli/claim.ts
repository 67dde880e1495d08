import { readFileSync } from "node:fs";
import {
  BOUNDS,
  HEDGES,
  MEASURES,
  VALUATION_BASES,
  appendClaim,
  claimKey,
  findClaimByKey,
  parseClaim, requireReleasable,
  COLUMN_ROLES,
  readClaim,
  type ClaimInput,
} from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { appendRelease, findCapture, locatorText, readText, requireLocator, type Locator } from "../evidence/evidence.ts";
import type { NewsroomWriter } from "../newsroom.ts";
import { claimTable } from "./claim-table.ts";
import { change, list, openWriter, text, whole, type Command, type Options } from "./command.ts";

const CLAIMS_MAX = 100_000;

export const claim: Command = {
  name: "claim",
  summary: "Read a claim out of a capture: who says what about whom, and where it stands",
  arguments: "[subject] [field] [value]",
  writes: true,
  options: [
    { flags: "--claimant <name>", about: "who says it" },
    { flags: "--capture <id>", about: "log index or SHA-256 (or its start) of the capture it was read from" },
    { flags: "--quote <words>", about: "words that stand in the capture's text" },
    { flags: "--page <n>", about: "page of the place" },
    { flags: "--paragraph <n>", about: "paragraph of the place" },
    { flags: "--table <n>", about: "table of the place" },
    { flags: "--row <n>", about: "row of the place, 1 is the first below the header" },
    { flags: "--column <name>", about: "column of the place" },
    { flags: "--region <l,t,w,h>", about: "part of a picture, or with --page of a page, as it looks: left, top, width, height in thousandths" },
    { flags: "--as-of <date>", about: "when it was claimed (default: unstated)" },
    { flags: "--hedge <word>", about: HEDGES.join(", "), choices: HEDGES },
    { flags: "--unit <unit>", about: "USD, KRW, people …" },
    { flags: "--bound <bound>", about: BOUNDS.join(", "), choices: BOUNDS },
    { flags: "--basis <basis>", about: `valuation: ${VALUATION_BASES.join(", ")}`, choices: VALUATION_BASES },
    { flags: "--measure <measure>", about: MEASURES.join(", "), choices: MEASURES },
    { flags: "--part-of <text>", about: "which part the value covers" },
    { flags: "--period <period>", about: "the time it is about: 2022 or 2022-01-01/2022-06-30" },
    { flags: "--document <text>", about: "in which document of the claimant's" },
    { flags: "--cites <name>", about: "whom the claimant relays (may be repeated)", repeat: true },
    { flags: "--relayed-by <name>", about: "through whom it reached us" },
    { flags: "--wording <text>", about: "the claimant's own words" },
    { flags: "--supersedes <n>", about: "log index of the claim this one replaces" },
    { flags: "--from-table <n>", about: "claims out of a table of the capture instead, a cell each: with --kind or a subject, --map, --claimant" },
    { flags: "--map <column=role>", about: `what a column (its heading or number) holds: a field, ${COLUMN_ROLES.join(", ")}, or “name and” a field (repeated)`, repeat: true },
    { flags: "--kind <kind>", about: "what each row is; its name is made of --prefix and the columns of the role name" },
    { flags: "--prefix <words>", about: "what each row's name begins with" },
    { flags: "--rows <from-to>", about: "only these rows" },
    { flags: "--take-total <row>", about: "take in a row that calls itself a total; without it such a row is left out (repeated)", repeat: true },
    { flags: "--skip-refused", about: "save what can be read where some cells cannot" },
    { flags: "--file <path>", about: "claims as JSON lines instead (- for standard input)" },
    { flags: "--release", about: "make the claim and its capture's record public at once" },
  ],
  examples: [
    [
      "tracewire claim theft/2023-09-04-stake amount 41350000 --unit USD --basis as_published --measure gross" +
        ' --claimant "My source" --capture SHA256 --quote "41.35 million" --hedge estimated --as-of 2023-09-05',
      "an amount, beside what others claim",
    ],
    [
      "tracewire claim --capture 5 --from-table 1 --kind published-total --prefix read-again --rows 1-7 --map 'period=name and period' --map amount_usd=amount --unit USD --claimant 'My source' --dry-run",
      "a whole table: each claim with its row, what would be refused, what the checks would raise",
    ],
    ["tracewire claim --file claims.ndjson --dry-run", "many at once, checked and not yet written"],
  ],
  async run(context, args, options) {
    const newsroom = openWriter(context);
    try {
      if (text(options, "fromTable") !== undefined) return await claimTable(context, newsroom, args[0], options);
      const claims = text(options, "file")
        ? readClaimLines(text(options, "file")!)
        : [{ where: "the command line", value: fromOptions(newsroom, args, options) }];
      const checked: { claim: ClaimInput; place: string }[] = [];
      for (const { value, where } of claims) {
        const parsed = parseClaim(value, where);
        if (options.release) requireReleasable(parsed, where);
        checked.push({ claim: parsed, place: await resolve(newsroom, parsed, where) });
      }
      const results = change(context, newsroom, (transaction) =>
        checked.map(({ claim: input }) => {
          if (input.supersedes !== undefined && readClaim(newsroom.log, input.supersedes)?.subject !== input.subject)
            throw new TracewireError("BAD_CLAIM", { what: `supersedes: entry ${input.supersedes} is no claim on ${input.subject}` });
          const known = findClaimByKey(transaction.db, claimKey(input));
          const seq = known ?? appendClaim(transaction, input, context.by);
          if (options.release) appendRelease(transaction, [seq, input.source.capture], [], context.by);
          return { seq, added: known === undefined };
        }),
      );
      for (const [at, { seq, added }] of results.entries()) {
        const { claim: input, place } = checked[at]!;
        context.output.json({
          seq,
          added,
          subject: input.subject,
          field: input.field,
          value: input.value,
          released: Boolean(options.release),
        });
        context.output.line(
          `${added ? "Claim" : "Already held: claim"} ${context.output.bold(String(seq))}: ${input.claimant} says ${input.field} of ${input.subject} is ${input.value}${input.unit ? ` ${input.unit}` : ""} (${input.hedge})`,
        );
        const [at_place, read] = [locatorText(input.source.locator), input.source.locator.region !== undefined ? place : `“${place.length > 200 ? `${place.slice(0, 200)}…` : place}”`];
        // Where the words themselves are the place, they are said once.
        context.output.line(`  read at ${at_place === read ? read : `${at_place}: ${read}`}`);
      }
      if (!options.release)
        context.output.line(
          `Readers do not see it yet. Next: tracewire release ${results
            .map(({ seq }) => seq)
            .slice(0, 20)
            .join(" ")}`,
        );
    } finally {
      newsroom.close();
    }
  },
};

async function resolve(newsroom: NewsroomWriter, input: ClaimInput, where: string): Promise<string> {
  const source = findCapture(newsroom.log, input.source.capture);
  if (!source) throw new TracewireError("BAD_CLAIM", { what: `source.capture: entry ${input.source.capture} is no capture`, where });
  return requireLocator(await readText(newsroom.blobs, source), input.source.locator, where);
}

function fromOptions(newsroom: NewsroomWriter, [subject, field, value]: string[], options: Options): unknown {
  const missing = [
    ["SUBJECT", subject],
    ["FIELD", field],
    ["VALUE", value],
    ["--claimant", text(options, "claimant")],
    ["--capture", text(options, "capture")],
  ].filter(([, given]) => !given);
  if (missing.length > 0)
    throw new TracewireError("BAD_ARGUMENT", {
      what: `Missing: ${missing.map(([name]) => name).join(", ")}`,
      hint: "tracewire claim --help has an example.",
    });
  const id = text(options, "capture")!;
  const source = findCapture(newsroom.log, id);
  if (!source) throw new TracewireError("NOT_FOUND", { what: `There is no capture "${id}"`, hint: "List them: tracewire show captures" });
  const locator: Locator = Object.fromEntries(
    Object.entries({
      page: whole(options, "page", "--page"),
      paragraph: whole(options, "paragraph", "--paragraph"),
      table: whole(options, "table", "--table"),
      row: whole(options, "row", "--row"),
      column: text(options, "column"),
      quote: text(options, "quote"),
      region: text(options, "region"),
    }).filter(([, place]) => place !== undefined),
  );
  if (Object.keys(locator).length === 0)
    throw new TracewireError("BAD_CLAIM", { what: "A claim needs the place it was read at: --quote, or --row and --column, or --page …; --region of a picture" });
  const basis = text(options, "basis");
  const optional = {
    unit: text(options, "unit"),
    bound: text(options, "bound"),
    measure: text(options, "measure"),
    part_of: text(options, "partOf"),
    period: text(options, "period"),
    document: text(options, "document"),
    relayed_by: text(options, "relayedBy"),
    wording: text(options, "wording"),
    supersedes: whole(options, "supersedes", "--supersedes"),
    valuation: basis ? { basis } : undefined,
    cites: list(options, "cites").length > 0 ? list(options, "cites") : undefined,
  };
  return {
    subject,
    field,
    value,
    claimant: text(options, "claimant"),
    hedge: text(options, "hedge") ?? "unstated",
    as_of: text(options, "asOf") ?? "unstated",
    source: { capture: source.seq, locator },
    ...Object.fromEntries(Object.entries(optional).filter(([, given]) => given !== undefined)),
  };
}

function readClaimLines(path: string): { value: unknown; where: string }[] {
  let content: string;
  try {
    content = readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw new TracewireError("NOT_FOUND", { what: "The file cannot be read", where: path, cause: error });
  }
  const lines = content
    .split("\n")
    .map((line, at) => ({ line, where: `${path}:${at + 1}` }))
    .filter(({ line }) => line.trim());
  if (lines.length === 0) throw new TracewireError("BAD_INPUT", { what: "There are no claims in it", where: path });
  if (lines.length > CLAIMS_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${CLAIMS_MAX} claims`, where: path });
  return lines.map(({ line, where }) => {
    try {
      return { value: JSON.parse(line) as unknown, where };
    } catch (error) {
      throw new TracewireError("BAD_INPUT", { what: `Not JSON: ${(error as Error).message}`, where });
    }
  });
}
