// What the actions of `tracewire trace` share: the question that the options put, asking it, and the list of sets.
import { TracewireError } from "../errors.ts";
import {
  askNewsroom,
  listTransferSets,
  METHOD_NAMES,
  type MethodName,
  type Newsroom,
  type NewsroomAnswer,
  type Stop,
  type TraceAsk,
} from "../tracing/tracing.ts";
import { list, openReader, text, whole, type CommandContext, type Options } from "./command.ts";
import { table } from "./output.ts";

export function readAsk(options: Options): TraceAsk {
  const from = text(options, "from");
  if (!from) throw new TracewireError("BAD_ARGUMENT", { what: "From where? --from is missing", hint: "tracewire trace --from ADDRESS; tracewire trace sets lists the data." });
  const direction = options.backward ? "backward" : "forward";
  const { floor, floors } = readFloors(list(options, "floor"));
  const until = text(options, "until");
  if (until !== undefined && !/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(until))
    throw new TracewireError("BAD_ARGUMENT", { what: `--until: "${until}" is neither a day nor a time`, hint: "Write 2022-08-01 or 2022-08-01T21:32:00Z." });
  const depth = whole(options, "depth", "--depth");
  const stops = Object.fromEntries(list(options, "stop").map(readStop));
  const asset = text(options, "asset");
  return {
    from,
    methods: readMethods(text(options, "methods"), direction),
    direction,
    ...(asset === undefined ? {} : { asset }),
    ...(floor === undefined ? {} : { floor }),
    ...(floors === undefined ? {} : { floors }),
    ...(until === undefined ? {} : { until }),
    ...(depth === undefined ? {} : { depth }),
    ...(Object.keys(stops).length === 0 ? {} : { stops }),
    ...(options.known ? { known: true } : {}),
    ...(options.conversions === false ? { conversions: false } : {}),
  };
}

/** "UNITS" for all assets, "ASSET=UNITS" for one. */
function readFloors(given: readonly string[]): Pick<TraceAsk, "floor" | "floors"> {
  const floors: Record<string, string> = {};
  let floor: string | undefined;
  for (const one of given) {
    const [, asset, units = ""] = /^(?:(.+)=)?([^=]*)$/s.exec(one) ?? [];
    if (!/^\d{1,78}$/.test(units)) throw new TracewireError("BAD_ARGUMENT", { what: `--floor needs a whole number of base units, not "${one}"`, hint: "--floor UNITS for all assets, --floor ASSET=UNITS for one." });
    if (asset === undefined ? floor !== undefined : Object.hasOwn(floors, asset)) throw new TracewireError("BAD_ARGUMENT", { what: `--floor: ${asset ?? "all assets"} given twice` });
    if (asset === undefined) floor = units;
    else floors[asset] = units;
  }
  return { ...(floor === undefined ? {} : { floor }), ...(Object.keys(floors).length === 0 ? {} : { floors }) };
}

function readMethods(given: string | undefined, direction: TraceAsk["direction"]): MethodName[] {
  if (given === undefined || given === "all") return METHOD_NAMES.filter((name) => direction === "forward" || (name !== "poison" && name !== "tiho"));
  const names = given.split(",").map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !(METHOD_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new TracewireError("BAD_ARGUMENT", { what: `--methods: "${unknown}" is no method`, hint: `Methods: ${METHOD_NAMES.join(", ")}, all` });
  // In one order, so that the same question has one form.
  return METHOD_NAMES.filter((name) => names.includes(name));
}

const REASONS = new Set(["service", "mixer", "bridge", "contract"]);

/** "ADDRESS", "ADDRESS=service", "ADDRESS=service:Name", or "ADDRESS=your own word". */
function readStop(given: string): [string, Stop] {
  const [, address, word = "", name] = /^([^=]+)(?:=([^:]*)(?::(.+))?)?$/s.exec(given) ?? [];
  if (!address) throw new TracewireError("BAD_ARGUMENT", { what: `--stop: "${given}" names no address`, hint: 'Write ADDRESS=service, or "ADDRESS=service:Its name".' });
  if (REASONS.has(word)) return [address.trim(), { reason: word as Stop["reason"], ...(name ? { name: name.trim() } : {}) }];
  const own = name === undefined ? word : `${word}:${name}`;
  return [address.trim(), { reason: "named", ...(own ? { name: own } : {}) }];
}

export async function askWith(
  context: CommandContext,
  newsroom: Newsroom,
  ask: TraceAsk,
  options: Options,
  { keepSteps = false } = {},
): Promise<NewsroomAnswer> {
  if (options.explore && keepSteps) throw new TracewireError("BAD_ARGUMENT", { what: "Steps are the exact kernel's: an answer for exploring has none", hint: "Ask without --explore." });
  const wanted = list(options, "set");
  const found = await askNewsroom(newsroom, ask, { ...(wanted.length > 0 ? { sets: wanted } : {}), keepSteps, exploring: options.explore === true, keep_lots: options.lots === true });
  for (const note of found.result.notes) context.output.note(note);
  return found;
}

export function listSets(context: CommandContext): void {
  const newsroom = openReader(context);
  try {
    const sets = listTransferSets(newsroom.log);
    for (const set of sets) context.output.json(set);
    if (sets.length === 0) context.output.line("No transfers are held yet. Import some: tracewire import transfers FILE");
    const rows = sets.map(({ name, row_count, kind, seq, rows_root }) => [
      name,
      String(row_count),
      kind === "utxo" ? "transactions" : "transfers",
      `entry ${seq}`,
      rows_root.slice(0, 12),
    ]);
    for (const line of table(rows, context.output.width, [1])) context.output.line(line);
  } finally {
    newsroom.close();
  }
}
