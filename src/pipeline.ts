// The whole of Tracewire in one function, for reading: a source is captured, a claim is read out of it, a figure
// counts it, a story binds the figure and is published. The command line does the same, one step a command.
import { appendClaim, parseClaim, type ClaimInput } from "./casefile/casefile.ts";
import {
  appendCapture,
  appendRelease,
  prepareCapture,
  readText,
  requireLocator,
  findCapture,
  type CaptureInput,
} from "./evidence/evidence.ts";
import { appendFigureSpec, computeFigure, requireFigureSpec, type Figure } from "./figures/figures.ts";
import type { NewsroomWriter } from "./newsroom.ts";
import { parseStoryText, publishStory, type PublishOutcome } from "./press/press.ts";

export type Report = {
  source: CaptureInput;
  /** Claims without their capture: it is the one just made. */
  claims: (Omit<ClaimInput, "source"> & { locator: ClaimInput["source"]["locator"] })[];
  figure: unknown;
  /** The story in its text form. */
  story: string;
};

export type Told = { capture: number; claims: number[]; figure: Figure; publication: PublishOutcome };

/** Takes a report from its bytes to a published story. Throws where any link of the chain does not hold. */
export async function tellStory(newsroom: NewsroomWriter, report: Report, by: string): Promise<Told> {
  // 1. Evidence: the bytes are on the disk before anything speaks of them.
  const prepared = await prepareCapture(newsroom.blobs, report.source);
  const capture = newsroom.transact(by, (transaction) => appendCapture(transaction, prepared));

  // 2. Claims: each must resolve to its place in the captured text.
  const text = await readText(newsroom.blobs, findCapture(newsroom.log, capture)!);
  const claims = newsroom.transact(by, (transaction) => {
    const seqs = report.claims.map(({ locator, ...fields }) => {
      const claim = parseClaim({ ...fields, source: { capture, locator } });
      requireLocator(text, locator, claim.subject);
      return appendClaim(transaction, claim, by);
    });
    appendRelease(transaction, [capture, ...seqs], [], by);
    return seqs;
  });

  // 3. Figure: rules in, value out.
  const id = newsroom.transact(by, (transaction) => {
    appendFigureSpec(transaction, report.figure, by);
    return (report.figure as { id: string }).id;
  });
  const figure = computeFigure(newsroom.log, requireFigureSpec(newsroom.log, id).spec, newsroom.log.size());

  // 4. Story: the tree and its figures as of now become one entry.
  const story = parseStoryText(report.story);
  const publication = newsroom.transact(by, (transaction) => publishStory(transaction, newsroom.log, story, { by }));
  return { capture, claims, figure, publication };
}
