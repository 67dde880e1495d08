// One install at a time in one clone: two first commands at once would each delete what the other
// is unpacking. Plain JavaScript and built-ins only, for any host Node >= 18, like bootstrap.mjs.
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

const LOCK = ".tracewire-installing";
const LOOK_MS = 200;
const SAY_EVERY_LOOKS = 50;
/** The holder touches its lock this often … */
const TOUCH_MS = 1000;
/** … and a lock that nobody touched over so many of our own looks has no holder, whoever bears its process id now. */
const UNTOUCHED_LOOKS_MAX = 150;
/** How long somebody may take to take a dead lock over: it is two renames. */
const TAKEOVER_MS = 10_000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Signal 0 asks whether a process is there; EPERM says that it is, and is another user's. */
function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function read(path) {
  try {
    return { ...JSON.parse(readFileSync(path, "utf8")), touched: statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

/** The lock appears whole or not at all: a link to a file that is written already. False where there is one. */
function create(path, content) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(content));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Of several that see a dead lock one removes it: else the second would remove the lock that the first has just made. */
function removeDead(path, seen) {
  const turn = `${path}.takeover`;
  const other = read(turn);
  if (other && Date.now() - other.touched > TAKEOVER_MS) rmSync(turn, { force: true });
  if (!create(turn, { pid: process.pid })) return;
  const now = read(path);
  if (now && now.pid === seen.pid && now.token === seen.token) rmSync(path, { force: true });
  rmSync(turn, { force: true });
}

/**
 * Runs `install(holds)` while no other process of this clone does; whoever waits says so by `say`, once and every ten
 * seconds. `holds(pid)` names the process that does the work: it may outlive the one that started it, and then the lock
 * is its own until it ends. A lock whose processes are gone, or that nobody touched for 30 seconds, is taken over.
 */
export async function whileNobodyInstalls(root, say, install) {
  const path = join(root, LOCK);
  const lock = { pid: process.pid, worker: 0, host: hostname(), token: `${process.pid}-${process.hrtime.bigint()}` };
  let untouched = 0;
  for (let looks = 0, last = 0; !create(path, lock); looks++) {
    const held = read(path);
    if (!held) continue;
    untouched = held.touched === last ? untouched + 1 : 0;
    last = held.touched;
    const gone = held.host === lock.host && !runs(held.pid) && !(held.worker && runs(held.worker));
    if (gone || untouched > UNTOUCHED_LOOKS_MAX) {
      say(`The install that process ${held.pid} began did not end; beginning anew.`);
      removeDead(path, held);
      continue;
    }
    if (looks % SAY_EVERY_LOOKS === 0) say(`Another command (process ${held.pid}) is installing here; waiting for it.`);
    await wait(LOOK_MS);
  }
  const touch = setInterval(() => {
    try {
      utimesSync(path, Date.now() / 1000, Date.now() / 1000);
    } catch {
      // Somebody deleted it by hand: what was begun still ends.
    }
  }, TOUCH_MS);
  try {
    return await install((worker) => {
      writeFileSync(`${path}.${process.pid}`, JSON.stringify({ ...lock, worker }));
      renameSync(`${path}.${process.pid}`, path);
    });
  } finally {
    clearInterval(touch);
    rmSync(path, { force: true });
  }
}
