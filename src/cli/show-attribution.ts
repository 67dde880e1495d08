// Attribution as lists: who blames whom, and what groups share with its reasons.
import { listOverlaps, readBlame, readDenials } from "../attribution/attribution.ts";
import type { Vantage } from "../casefile/casefile.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { CommandContext } from "./command.ts";

export const ATTRIBUTION_LISTS = { blame: showBlame, overlaps: showOverlaps } as const;

function showBlame({ output }: CommandContext, { log }: NewsroomReader, at: Vantage): void {
  const [blames, denials] = [readBlame(log, at), readDenials(log, at)];
  for (const blame of blames) {
    output.json(blame);
    output.line(`${output.bold(blame.subject)}  ${blame.by} blames ${blame.whom} (${blame.hedge}, ${blame.as_of}, entry ${blame.entry})${blame.wording === undefined ? "" : `: “${blame.wording}”`}`);
  }
  for (const denial of denials) {
    output.json({ denial });
    output.line(`${output.bold(denial.subject)}  ${denial.by} denies (${denial.as_of}, entry ${denial.entry}): “${denial.words}”`);
  }
  if (blames.length + denials.length === 0) output.line("Nobody is blamed in what is held.");
}

function showOverlaps({ output }: CommandContext, { log }: NewsroomReader, at: Vantage): void {
  const pairs = listOverlaps(log, at.log_size);
  for (const { a, b, score, band, evidence, witnesses } of pairs) {
    output.json({ a, b, score, band, witnesses, items: evidence.length });
    output.line(`${score.toFixed(2)}  ${band.padEnd(8)}  ${output.bold(`${a} and ${b}`)}: ${evidence.length} shared, strongest ${evidence[0]!.item} (${evidence[0]!.kind})`);
  }
  if (pairs.length === 0) output.line("No pair of groups shares anything that is held.");
}
