// A story that is not published, as its page will be: the same page, made by the same function, of a revision that is in no log.
import { findCapture } from "../evidence/evidence.ts";
import { TracewireError } from "../errors.ts";
import { computeOrFault, findFigureSpec, type Figure, type NamedSpec } from "../figures/figures.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { listRevisions, type Publication } from "../press/press.ts";
import { publicationHref, storyPage, type DraftShown } from "./pages/story.ts";
import type { SiteContext } from "./route.ts";
import { openVitals } from "./vitals.ts";

/** The page's markup. `publication` would be the next revision; its figures are as of now. */
export function previewStory(newsroom: NewsroomReader, publication: Publication, { base_url, now, draft }: { base_url: string; now: string; draft: DraftShown }): string {
  const { log } = newsroom;
  const log_size = log.size();
  const look = (id: string) => {
    const named = findFigureSpec(log, id);
    return named && { named, figure: computeOrFault(log, named.spec, log_size) };
  };
  const context: SiteContext = {
    log,
    blobs: newsroom.blobs,
    folder: newsroom.folder,
    verifierKey: newsroom.verifierKey,
    base_url,
    log_size,
    at: { log_size, evidence: "released", is_newest: true },
    now,
    vitals: openVitals(now),
    pagesReady: () => 0,
    memo: (_key, make) => make(),
    capture: (id) => findCapture(log, id),
    figure(id) {
      const found = look(id);
      return found?.figure instanceof TracewireError ? undefined : (found as { named: NamedSpec; figure: Figure } | undefined);
    },
    unanswered(id) {
      const found = look(id);
      return found?.figure instanceof TracewireError ? { named: found.named, fault: found.figure } : undefined;
    },
  };
  const page = storyPage(context, publication, [...listRevisions(log, publication.slug), publication], publicationHref(publication), draft);
  return Buffer.from(page.body as string).toString("utf8");
}
