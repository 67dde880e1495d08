// Passwords by argon2id (RFC 9106) as node:crypto has it, in PHC's string form. Parameters: 19 MiB, 2 passes, 1 lane, the
// least that OWASP's Password Storage Cheat Sheet asks of argon2id; about 35 ms here on one quiet core. A hash made with
// weaker ones is made again at the next sign-in.
import { argon2, timingSafeEqual, type Argon2Parameters } from "node:crypto";
import { createRequire } from "node:module";
import { TracewireError } from "../errors.ts";
import type { Random } from "../effects.ts";

export const ARGON2 = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
export const PASSWORD_CHARS_MIN = 12;
/** Long enough for every sentence; a limit on what one request may make us hash. */
export const PASSWORD_CHARS_MAX = 200;
const SIGNS_MIN = 5;
/** 19 MiB each: more at once would let a crowd of guesses take the machine's memory. */
const AT_ONCE_MAX = 4;
const WAITING_MAX = 200;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE_MAX) {
    if (waiting.length >= WAITING_MAX) throw new TracewireError("TOO_MANY_ATTEMPTS");
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
  try {
    return await run();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

type Cost = { memory: number; passes: number; parallelism: number };

function derive(password: string, salt: Uint8Array, cost: Cost): Promise<Uint8Array> {
  // NFKC: the same password from another keyboard is the same bytes (RFC 8265 §4.2 asks NFC; NIST SP 800-63B §5.1.1.2 NFKC or NFKD).
  const parameters: Argon2Parameters = { message: Buffer.from(password.normalize("NFKC")), nonce: salt, tagLength: TAG_BYTES, ...cost };
  return inTurn(() => new Promise((resolve, reject) => argon2("argon2id", parameters, (error, tag) => (error ? reject(error) : resolve(tag)))));
}

const plain = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random(SALT_BYTES);
  const tag = await derive(password, salt, ARGON2);
  return `$argon2id$v=19$m=${ARGON2.memory},t=${ARGON2.passes},p=${ARGON2.parallelism}$${plain(salt)}$${plain(tag)}`;
}

/** What stands in for the hash of an account that is not there: the same work, and never a match. */
const NOBODY = `$argon2id$v=19$m=${ARGON2.memory},t=${ARGON2.passes},p=${ARGON2.parallelism}$${plain(new Uint8Array(SALT_BYTES))}$${plain(new Uint8Array(TAG_BYTES))}`;

/** Without a hash it takes as long, and says no. */
export async function checkPassword(password: string, hash: string | undefined): Promise<boolean> {
  const { salt, tag, ...cost } = parse(hash ?? NOBODY);
  const same = timingSafeEqual(await derive(password, salt, cost), tag);
  return hash !== undefined && same;
}

export function isOutdated(hash: string): boolean {
  const { memory, passes, parallelism } = parse(hash);
  return memory < ARGON2.memory || passes < ARGON2.passes || parallelism !== ARGON2.parallelism;
}

function parse(hash: string): Cost & { salt: Uint8Array; tag: Uint8Array } {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/.exec(hash);
  if (!match) throw new TracewireError("INTERNAL", { what: "A kept password is not in its form" });
  const [, memory, passes, parallelism, salt, tag] = match as unknown as string[];
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt!, "base64"),
    tag: Buffer.from(tag!, "base64"),
  };
}

/** Words of this house, which whoever guesses here begins with. In the documentation, too. */
export const NAMES_TRIED_FIRST = ["tracewire", "password", "newsroom"] as const;

let common: ReadonlySet<string> | undefined;
/** Among some 49,000 passwords that leaks show most often, as zxcvbn-ts ships them: no list of our own to keep up, and nobody is asked over the network. */
function isCommon(folded: string): boolean {
  // Loaded when the first password is set, not when the desk starts.
  common ??= new Set((createRequire(import.meta.url)("@zxcvbn-ts/language-common") as { dictionary: Record<string, string[]> }).dictionary["passwords-common"]);
  return common.has(folded);
}

/**
 * Length and little else (NIST SP 800-63B §5.1.1.2): no rules on kinds of signs. Refused is what holds the person's own
 * name or one of NAMES_TRIED_FIRST, hardly any different signs, or is among the passwords that many people have, bare or
 * with digits and signs after it. Throws BAD_PASSWORD saying which.
 */
export function requireGoodPassword(password: string, names: readonly string[]): void {
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_PASSWORD", { what });
  };
  if (password.length < PASSWORD_CHARS_MIN) refuse(`It has ${password.length} characters; ${PASSWORD_CHARS_MIN} are needed`);
  if (password.length > PASSWORD_CHARS_MAX) refuse(`It has more than ${PASSWORD_CHARS_MAX} characters`);
  const folded = password.normalize("NFKC").toLowerCase();
  if (new Set(folded).size < SIGNS_MIN) refuse(`It has fewer than ${SIGNS_MIN} different characters`);
  const name = [...names, ...NAMES_TRIED_FIRST].find((known) => known.length >= 4 && folded.includes(known.toLowerCase()));
  if (name !== undefined) refuse(`It has “${name}” in it, which would be tried first`);
  const shortest_bare = Math.max(Math.ceil(folded.length / 2), folded.replace(/[\d\s\p{P}\p{S}]+$/u, "").length);
  for (let length = shortest_bare; length <= folded.length; length++) if (isCommon(folded.slice(0, length))) refuse("It is among the passwords that are tried first, because many people have it");
}
