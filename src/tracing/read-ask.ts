// A question as it is typed, on a command line or in a form, into the one form in which it is kept.
import { describeReading, readAddress } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import type { TraceAsk } from "./ask.ts";
import { METHOD_NAMES, type MethodName } from "./methods/methods.ts";
import type { Stop } from "./request.ts";

export type AskWords = {
  from?: string;
  /** Names with commas; left out or "all": every one that fits the direction. */
  methods?: string;
  backward?: boolean;
  asset?: string;
  /** "UNITS" for all assets, "ASSET=UNITS" for one. */
  floors?: readonly string[];
  until?: string;
  depth?: number;
  /** "ADDRESS", "ADDRESS=service", "ADDRESS=service:Name", or "ADDRESS=your own word". */
  stops?: readonly string[];
  known?: boolean;
  conversions?: boolean;
};

/** Throws BAD_ARGUMENT naming the field; `nameOf` says how it is called where it was typed. */
export function readAskWords(words: AskWords, nameOf: (field: string) => string = (field) => field): TraceAsk {
  const { from, asset, until, depth } = words;
  const refuse = (field: string, what: string, hint?: string): never => {
    throw new TracewireError("BAD_ARGUMENT", { what, where: nameOf(field), ...(hint === undefined ? {} : { hint }) });
  };
  if (!from) return refuse("from", `From where? ${nameOf("from")} is missing`, "An address, a theft, a transaction; tracewire trace sets lists the data.");
  if (until !== undefined && !/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(until))
    refuse("until", `${nameOf("until")}: "${until}" is neither a day nor a time`, "Write 2022-08-01 or 2022-08-01T21:32:00Z.");
  const direction = words.backward ? "backward" : "forward";
  const stops = Object.fromEntries<Stop>((words.stops ?? []).map((given) => readStop(given, nameOf("stops"))));
  return {
    from,
    methods: readMethods(words.methods, direction, nameOf("methods")),
    direction,
    ...(asset === undefined ? {} : { asset }),
    ...readFloors(words.floors ?? [], nameOf("floor")),
    ...(until === undefined ? {} : { until }),
    ...(depth === undefined ? {} : { depth }),
    ...(Object.keys(stops).length === 0 ? {} : { stops }),
    ...(words.known ? { known: true } : {}),
    ...(words.conversions === false ? { conversions: false } : {}),
  };
}

function readFloors(given: readonly string[], field: string): Pick<TraceAsk, "floor" | "floors"> {
  const refuse = (what: string, hint?: string): never => {
    throw new TracewireError("BAD_ARGUMENT", { what, where: field, ...(hint === undefined ? {} : { hint }) });
  };
  const floors: Record<string, string> = {};
  let floor: string | undefined;
  for (const one of given) {
    const [, asset, units = ""] = /^(?:(.+)=)?([^=]*)$/s.exec(one) ?? [];
    if (!/^\d{1,78}$/.test(units)) refuse(`${field} needs a whole number of base units, not "${one}"`, `${field} UNITS for all assets, ${field} ASSET=UNITS for one.`);
    if (asset === undefined ? floor !== undefined : Object.hasOwn(floors, asset)) refuse(`${field}: ${asset ?? "all assets"} given twice`);
    if (asset === undefined) floor = units;
    else floors[asset] = units;
  }
  return { ...(floor === undefined ? {} : { floor }), ...(Object.keys(floors).length === 0 ? {} : { floors }) };
}

function readMethods(given: string | undefined, direction: TraceAsk["direction"], field: string): MethodName[] {
  if (given === undefined || given === "all") return METHOD_NAMES.filter((name) => direction === "forward" || (name !== "poison" && name !== "tiho"));
  const names = given.split(",").map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !(METHOD_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new TracewireError("BAD_ARGUMENT", { what: `${field}: "${unknown}" is no method`, hint: `Methods: ${METHOD_NAMES.join(", ")}, all` });
  // In one order, so that the same question has one form.
  return METHOD_NAMES.filter((name) => names.includes(name));
}

const REASONS = new Set(["service", "mixer", "bridge", "contract"]);

function readStop(given: string, field: string): [string, Stop] {
  const refuse = (what: string, hint = 'Write ADDRESS=service, or "ADDRESS=service:Its name".'): never => {
    throw new TracewireError("BAD_ARGUMENT", { what: `${field}: "${given}" ${what}`, where: field, hint });
  };
  const at = given.indexOf("=");
  const address = (at < 0 ? given : given.slice(0, at)).trim();
  const reason = at < 0 ? "" : given.slice(at + 1).trim();
  if (address === "") return refuse("names no address");
  if (/\s/.test(address)) return refuse("has a blank in its address: the reason stands behind an equals sign");
  const reading = readAddress(address);
  if (reading.outcome === "bad_checksum") return refuse(`is ${describeReading(reading)}`, "Copy the address again. Where the data has it without a checksum, write it in small letters.");
  if (at >= 0 && reason === "") return refuse("ends in an equals sign: the reason is missing");
  const [, word, name] = /^([^:]*)(?::(.*))?$/s.exec(reason)!;
  if (REASONS.has(word!.trim())) return [address, { reason: word!.trim() as Stop["reason"], ...(name?.trim() ? { name: name.trim() } : {}) }];
  if (name !== undefined) return refuse(`: "${word}" is none of ${[...REASONS].join(", ")}`, "A word of your own stands alone, without a colon.");
  return [address, { reason: "named", ...(reason ? { name: reason } : {}) }];
}
