// Every address of the desk. A room's routes are a list of its own file; a new room is a line here. There is no other way
// for an address to be served: the server takes this table and nothing else.
import { accountRoutes } from "./rooms/account.ts";
import { attributionRoutes } from "./rooms/attribution.ts";
import { boardRoutes } from "./rooms/boards.ts";
import { captureRoutes } from "./rooms/captures.ts";
import { claimRoutes } from "./rooms/claims.ts";
import { clusterRoutes } from "./rooms/clusters.ts";
import { dataRoutes } from "./rooms/data.ts";
import { frontRoutes } from "./rooms/front.ts";
import { importRoutes } from "./rooms/imports.ts";
import { inboxRoutes } from "./rooms/inbox.ts";
import { newsletterRoutes } from "./rooms/newsletter.ts";
import { peopleRoutes } from "./rooms/people.ts";
import { releaseRoutes } from "./rooms/releases.ts";
import { replyRoutes } from "./rooms/replies.ts";
import { entryRoutes } from "./rooms/entries.ts";
import { exportRoutes } from "./rooms/exports.ts";
import { figureRoutes } from "./rooms/figures.ts";
import { movedRoutes } from "./rooms/moved.ts";
import { questionRoutes } from "./rooms/questions.ts";
import { screeningRoutes } from "./rooms/screening.ts";
import { proofRoutes } from "./rooms/proof.ts";
import { programRoutes } from "./rooms/programs.ts";
import { publishedRoutes } from "./rooms/published.ts";
import { pictureRoutes } from "./rooms/pictures.ts";
import { previewRoutes } from "./rooms/preview.ts";
import { reportRoutes } from "./rooms/reports.ts";
import { signInRoutes } from "./rooms/sign-in.ts";
import { storyWayRoutes } from "./rooms/story-way.ts";
import { storyRoutes } from "./rooms/stories.ts";
import { tableRoutes } from "./rooms/tables.ts";
import { todayRoutes } from "./rooms/today.ts";
import { traceGraphRoutes } from "./rooms/trace-graph.ts";
import { traceRoutes } from "./rooms/traces.ts";
import { workRoutes } from "./rooms/works.ts";
import { writingRoutes } from "./rooms/writing.ts";
import type { DeskRoute } from "./route.ts";

export const DESK_ROUTES: readonly DeskRoute[] = [
  ...todayRoutes,
  ...boardRoutes,
  ...signInRoutes,
  ...accountRoutes,
  ...peopleRoutes,
  ...programRoutes,
  ...inboxRoutes,
  ...captureRoutes,
  ...tableRoutes,
  ...claimRoutes,
  ...attributionRoutes,
  ...replyRoutes,
  ...traceRoutes,
  ...traceGraphRoutes,
  ...questionRoutes,
  ...clusterRoutes,
  ...screeningRoutes,
  ...storyRoutes,
  ...frontRoutes,
  ...newsletterRoutes,
  ...importRoutes,
  ...dataRoutes,
  ...entryRoutes,
  ...reportRoutes,
  ...exportRoutes,
  ...proofRoutes,
  ...workRoutes,
  ...storyWayRoutes,
  ...writingRoutes,
  ...figureRoutes,
  ...pictureRoutes,
  ...previewRoutes,
  ...movedRoutes,
  ...publishedRoutes,
  ...releaseRoutes,
];
