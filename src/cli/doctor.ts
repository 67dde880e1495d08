import { accessSync, constants, existsSync, statSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readPingState } from "../hub/hub.ts";
import { TracewireError } from "../errors.ts";
import { isClosed, KEY_FILE, newsroomExists, signingKeyFault } from "../newsroom.ts";
import type { Command, CommandContext } from "./command.ts";

type Finding = { name: string; ok: boolean; what: string; do?: string };

const FREE_BYTES_MIN = 200 * 1024 * 1024;
const CLOCK_EARLIEST = "2026-01-01";
/** A hub that has not answered for so long needs somebody to look. */
const PING_WAIT_MS_MAX = 60 * 60 * 1000;

export const doctor: Command = {
  name: "doctor",
  summary: "Look at runtime, disk, lock, clock and permissions, and say what to do about each",
  examples: [["tracewire doctor", "when something is odd"]],
  exits: { 1: "something needs attention" },
  run(context) {
    const findings = [runtime(), ...disk(context), ...folder(context), hub(context), clock(context)];
    for (const finding of findings) {
      context.output.json(finding);
      context.output.line(`${finding.ok ? "ok  " : "LOOK"}  ${finding.name}: ${finding.what}`);
      if (finding.do) context.output.line(`      ${finding.do}`);
    }
    return findings.every((finding) => finding.ok) ? 0 : 1;
  },
};

function runtime(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  const ok = major === 26;
  return {
    name: "runtime",
    ok,
    what: `Node ${process.versions.node}, SQLite ${process.versions.sqlite ?? "unknown"}`,
    ...(ok ? {} : { do: "Start through npm start or npx tracewire: they bring the pinned Node." }),
  };
}

function disk({ config }: CommandContext): Finding[] {
  const { place, writable } = placeOf(config.data);
  const stats = statfsSync(place);
  const free = stats.bavail * stats.bsize;
  const ok = free >= FREE_BYTES_MIN;
  const findings: Finding[] = [
    {
      name: "disk",
      ok,
      what: `${Math.round(free / 1024 / 1024)} MB free at ${place}`,
      ...(ok ? {} : { do: "Free some space: a full disk stops every write." }),
    },
  ];
  findings.push({
    name: "permissions",
    ok: writable,
    what: `${place} ${writable ? "can" : "cannot"} be written`,
    ...(writable ? {} : { do: "Give yourself the right to write there, or choose another folder with --data." }),
  });
  return findings;
}

/** The folder itself, or the nearest above it that is there; and whether it can be written. */
export function placeOf(data: string): { place: string; writable: boolean } {
  let place = data;
  while (!existsSync(place)) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
    return { place, writable: true };
  } catch {
    return { place, writable: false };
  }
}

function folder({ config }: CommandContext): Finding[] {
  try {
    if (!newsroomExists(config.data)) return [{ name: "newsroom", ok: true, what: `none yet in ${config.data}; npm start makes one` }];
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    return [{ name: "newsroom", ok: false, what: `${config.data}: ${error.message}`, do: error.hint }];
  }
  const findings: Finding[] = [];
  const key = join(config.data, KEY_FILE);
  if (!existsSync(key))
    findings.push({
      name: "key",
      ok: false,
      what: "the signing key is not here: this newsroom can only be read",
      do: `Put ${KEY_FILE} back from a backup made --with-key.`,
    });
  else {
    const mode = statSync(key).mode & 0o777;
    const isPrivate = process.platform === "win32" || mode === 0o600;
    const fault = faultOf(() => signingKeyFault(config.data));
    findings.push({
      name: "key",
      ok: isPrivate && !fault,
      what: fault ? fault.message : `private key of this log, with mode ${mode.toString(8)}`,
      ...(fault ? { do: fault.hint } : isPrivate ? {} : { do: `Others can read it: chmod 600 ${key}` }),
    });
  }
  findings.push(closed(config.data));
  const db = new DatabaseSync(join(config.data, "newsroom.db"));
  try {
    db.exec("PRAGMA busy_timeout = 200");
    const intact = db.prepare("PRAGMA quick_check").get()?.quick_check === "ok";
    findings.push({
      name: "database",
      ok: intact,
      what: intact ? "intact" : "damaged",
      ...(intact ? {} : { do: "Run tracewire verify and restore a backup." }),
    });
    db.exec("BEGIN IMMEDIATE; ROLLBACK");
    findings.push({ name: "lock", ok: true, what: "nobody is writing" });
  } catch (error) {
    findings.push({
      name: "lock",
      ok: false,
      what: `another process is writing (${(error as Error).message})`,
      do: "Wait for it; if it hangs, stop that process: nothing committed is lost.",
    });
  } finally {
    db.close();
  }
  return findings;
}

/** What is not released, and who sent it, lies in the folder. */
function closed(data: string): Finding {
  const mode = statSync(data).mode & 0o777;
  const ok = isClosed(data);
  return { name: "privacy", ok, what: `the folder has mode ${mode.toString(8)}`, ...(ok ? {} : { do: `Other users of this machine can look into it: chmod 700 ${data}` }) };
}

function faultOf(look: () => TracewireError | undefined): TracewireError | undefined {
  try {
    return look();
  } catch {
    // A damaged database is reported by name below.
    return undefined;
  }
}

function hub({ config, effects }: CommandContext): Finding {
  if (!config.hub) return { name: "hub", ok: true, what: "none is set: feeds are not announced to one" };
  const state = readPingState(config.data, config.hub);
  if (!state) return { name: "hub", ok: true, what: `${config.hub}; the site has not run with it yet` };
  const { waiting, oldest, given_up, sent, next_at, last } = state;
  const ok = given_up === 0 && (oldest === null || Date.parse(effects.clock()) - Date.parse(oldest) < PING_WAIT_MS_MAX);
  const told = `${sent} told, ${waiting} waiting${oldest ? ` since ${oldest}` : ""}, ${given_up} refused`;
  return {
    name: "hub",
    ok,
    what: `${config.hub}: ${told}${next_at ? `, tried again at ${next_at}` : ""}${last ? ` (${last})` : ""}`,
    ...(ok ? {} : { do: "Check the hub's address with tracewire config check, and that the site runs; docs/feeds.md explains." }),
  };
}

function clock({ config, effects }: CommandContext): Finding {
  const now = effects.clock();
  let last = "";
  if (newsroomExists(config.data)) {
    const db = new DatabaseSync(join(config.data, "newsroom.db"), { readOnly: true });
    try {
      last = (db.prepare("SELECT max(at) AS at FROM entry_index").get()?.at as string | null) ?? "";
    } catch {
      // A damaged database is reported above.
    } finally {
      db.close();
    }
  }
  const ok = now >= CLOCK_EARLIEST && now >= last;
  return {
    name: "clock",
    ok,
    what: `${now}${last ? `, last entry ${last}` : ""}`,
    ...(ok ? {} : { do: "The clock is behind: set it. The log's order is by number and stays right." }),
  };
}
