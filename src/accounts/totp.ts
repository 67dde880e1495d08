// Codes by time (RFC 6238) over codes by counter (RFC 4226), SHA-1 and six digits, as every authenticator app has them. A
// code counts once: the step it came from is kept, and neither it nor an older one is taken again (RFC 6238 §5.2).
import { createHmac, timingSafeEqual } from "node:crypto";

const STEP_S = 30;
const DIGITS = 6;
/** One step early or late: clocks of telephones differ (RFC 6238 §5.2). */
const DRIFT_STEPS = 1;
/** An hour: a clock that is set back by less keeps every code that was used used. */
const CLOCKS_APART_STEPS = 120;
/** As long as the hash (RFC 4226 §4, R6 asks 128 bits and recommends 160). */
export const TOTP_SECRET_BYTES = 20;

/** RFC 4226 §5.3. */
export function codeAt(secret: Uint8Array, step: number, { digits = DIGITS, algorithm = "sha1" } = {}): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1)! & 0x0f) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

export const stepOf = (now: string): number => Math.floor(Date.parse(now) / 1_000 / STEP_S);

/** The step that the code came from, where it is newer than the last one used. */
export function matchCode(secret: Uint8Array, code: string, now: string, used_step: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const current = stepOf(now);
  // A code that was used while the clock was ahead must not close the app out until it comes there again.
  const used = used_step > current + DRIFT_STEPS + CLOCKS_APART_STEPS ? -1 : used_step;
  let matched: number | undefined;
  // All are compared, whichever matches: the time tells nothing.
  for (let step = current - DRIFT_STEPS; step <= current + DRIFT_STEPS; step++)
    if (timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code)) && step > used) matched = step;
  return matched;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6 without padding, as apps take it. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let [held, bits] = [0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) text += BASE32[(held >> (bits -= 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

/** What an app reads (Key URI format). `issuer` and `account` are shown in it. */
export function keyUri(secret: Uint8Array, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_S}`;
}
