// The one place that decides whether a request reaches its room. A function of the rule, who is signed in, and whether the
// object is theirs to see; the server asks it for every route, and a test asks it for every route, role and object.
import { can, isByTwo, isConfirmed, type SignedIn } from "../accounts/accounts.ts";
import { TracewireError } from "../errors.ts";
import type { Rule, SecondStep } from "./route.ts";

export type Verdict = "open" | "NOT_SIGNED_IN" | "NOT_ALLOWED" | "NOT_FOUND" | "CONFIRM_IDENTITY" | "SECOND_STEP";

/** `sees` is asked last and only where the rule names an object: whoever lacks the right does not learn what is there. */
export function decide(rule: Rule, who: SignedIn | undefined, now: string, sees: () => boolean, second_step: SecondStep = "asked"): Verdict {
  if (rule.for === "anyone") return "open";
  if (!who) return "NOT_SIGNED_IN";
  if (second_step === "required" && !isByTwo(who.session) && !mayStay(rule, who)) return "SECOND_STEP";
  if (rule.for !== "signed-in" && !can(who.user.role, rule.for)) return "NOT_ALLOWED";
  if (rule.object && !sees()) return "NOT_FOUND";
  if (rule.fresh && !isConfirmed(who.session, now)) return "CONFIRM_IDENTITY";
  return "open";
}

/**
 * By a password alone one gets as far as setting up what is missing, where nothing is set up yet; else only out again, for
 * whoever has guessed a password must not add a second factor of their own.
 */
function mayStay(rule: Rule, { user }: SignedIn): boolean {
  const step = rule.for === "signed-in" ? rule.with_one_factor : undefined;
  return step === "always" || (step === "to set up another" && !user.has.totp && user.has.passkeys === 0);
}

/** Throws what the verdict is called. A missing object and one that is not theirs are the same answer. */
export function requireOpen(verdict: Verdict): void {
  if (verdict === "open") return;
  throw new TracewireError(verdict, verdict === "NOT_FOUND" ? { what: "There is nothing here for you", hint: "It is not there, or not yours to see." } : {});
}
