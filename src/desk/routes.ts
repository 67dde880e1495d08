// Every address of the desk. A room's routes are a list of its own file; a new room is a line here. There is no other way
// for an address to be served: the server takes this table and nothing else.
import { accountRoutes } from "./rooms/account.ts";
import { captureRoutes } from "./rooms/captures.ts";
import { claimRoutes } from "./rooms/claims.ts";
import { inboxRoutes } from "./rooms/inbox.ts";
import { peopleRoutes } from "./rooms/people.ts";
import { figureRoutes } from "./rooms/figures.ts";
import { movedRoutes } from "./rooms/moved.ts";
import { previewRoutes } from "./rooms/preview.ts";
import { signInRoutes } from "./rooms/sign-in.ts";
import { storyWayRoutes } from "./rooms/story-way.ts";
import { storyRoutes } from "./rooms/stories.ts";
import { todayRoutes } from "./rooms/today.ts";
import { writingRoutes } from "./rooms/writing.ts";
import type { DeskRoute } from "./route.ts";

export const DESK_ROUTES: readonly DeskRoute[] = [
  ...todayRoutes,
  ...signInRoutes,
  ...accountRoutes,
  ...peopleRoutes,
  ...inboxRoutes,
  ...captureRoutes,
  ...claimRoutes,
  ...storyRoutes,
  ...storyWayRoutes,
  ...writingRoutes,
  ...figureRoutes,
  ...previewRoutes,
  ...movedRoutes,
];
