// What the desk refused, for whoever watches the machine: one line of JSON each, on the standard error stream, where the
// journal takes it. It says which address of the table was asked, from which network, and by whom where somebody is signed
// in; never what was typed, a token, a query or a name from a path: a password lands in the field for the name often enough.
import type { Clock } from "../effects.ts";
import { TracewireError, type ErrorCode } from "../errors.ts";

/** Refusals that tell of somebody who tries something; forms that were merely filled in wrongly are not among them. */
const WATCHED = new Set<ErrorCode>([
  "WRONG_CREDENTIALS", "TOO_MANY_ATTEMPTS", "LINK_SPENT", "NOT_ALLOWED", "SECOND_STEP", "NOT_FOUND", "FOREIGN_FORM", "UNKNOWN_HOST", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE",
]);
/** A flood of guesses does not fill the disk: what is beyond is counted, and the count is told. */
export const LINES_A_MINUTE_MAX = 120;

export type Refused = { method: string; /** As in the table of routes; "-" for none. */ route: string; network: string; by?: string };
export type Refusals = (error: unknown, refused: Refused) => void;

export function openRefusals(clock: Clock, write: (line: string) => void): Refusals {
  let [minute, lines, unsaid] = ["", 0, 0];
  return (error, { method, route, network, by }) => {
    if (!(error instanceof TracewireError) || !WATCHED.has(error.code)) return;
    const time = clock();
    if (time.slice(0, 16) !== minute) {
      if (unsaid > 0) write(JSON.stringify({ time, event: "refused", unsaid }));
      [minute, lines, unsaid] = [time.slice(0, 16), 0, 0];
    }
    if (lines >= LINES_A_MINUTE_MAX) return void (unsaid += 1);
    lines += 1;
    write(JSON.stringify({ time, event: "refused", code: error.code, method, route, network, ...(by === undefined ? {} : { by }) }));
  };
}
