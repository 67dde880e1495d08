// Every address of the public site, in one list: docs/routes.md is checked against it.
import { assetRoutes } from "./assets.ts";
import { aboutRoutes } from "./pages/about.ts";
import { frontRoutes } from "./pages/front.ts";
import { howWeCountRoutes } from "./pages/how-we-count.ts";
import { storyRoutes } from "./pages/story.ts";
import type { Route } from "./route.ts";

export const ROUTES: readonly Route[] = [...frontRoutes, ...storyRoutes, ...aboutRoutes, ...howWeCountRoutes, ...assetRoutes];
