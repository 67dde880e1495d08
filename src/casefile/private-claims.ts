// A field that is marked private (a person's true name) is never shown, exported or released, whoever asks.
import { TracewireError } from "../errors.ts";
import type { EntryBody } from "../evidence/evidence.ts";
import { fieldSpec, kindOf } from "./kinds.ts";

export function isPrivateClaim(body: Pick<EntryBody, "kind"> & { claim?: unknown }): boolean {
  if (body.kind !== "claim") return false;
  const { subject, field } = body.claim as { subject: string; field: string };
  const kind = kindOf(subject);
  return kind !== undefined && fieldSpec(kind, field)?.private === true;
}

/** Throws BAD_CLAIM for a claim that may not become public. */
export function requireReleasable({ subject, field }: { subject: string; field: string }, where?: string): void {
  if (!isPrivateClaim({ kind: "claim", claim: { subject, field } })) return;
  throw new TracewireError("BAD_CLAIM", {
    what: `${field} of ${subject} is private: it is kept, and never released`,
    where,
    hint: "Release what may be shown of it, such as the displayed name.",
  });
}
