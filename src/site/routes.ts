// Every address of the public site, in one list: docs/routes.md is checked against it.
import { assetRoutes } from "./assets.ts";
import { aboutRoutes } from "./pages/about.ts";
import { actorRoutes } from "./pages/actors.ts";
import { claimRoomRoutes } from "./pages/claim-rooms.ts";
import { commodityRoutes } from "./pages/commodity.ts";
import { correctionRoutes } from "./pages/corrections.ts";
import { caseRoutes } from "./pages/case.ts";
import { datasetRoutes } from "./pages/datasets.ts";
import { docsRoutes } from "./pages/docs.ts";
import { evidenceRoutes } from "./pages/evidence-page.ts";
import { figureRoutes } from "./pages/figure.ts";
import { frontRoutes } from "./pages/front.ts";
import { healthRoutes } from "./pages/health.ts";
import { howWeCountRoutes } from "./pages/how-we-count.ts";
import { listChangeRoutes } from "./pages/list-changes.ts";
import { listRoutes } from "./pages/lists.ts";
import { logRoutes } from "./pages/log-page.ts";
import { mailRoutes } from "./pages/mail.ts";
import { newsletterActions, newsletterRoutes } from "./pages/newsletter.ts";
import { issueRoutes } from "./pages/newsletter-issues.ts";
import { machineRoutes } from "./pages/machines.ts";
import { photoRoutes } from "./pages/photos.ts";
import { reportRoutes } from "./pages/reports.ts";
import { roomRoutes } from "./pages/rooms.ts";
import { sanctionsListRoutes } from "./pages/sanctions-lists.ts";
import { sitemapRoutes } from "./pages/sitemaps.ts";
import { screenRoutes } from "./pages/screen.ts";
import { searchRoutes } from "./pages/search.ts";
import { storyRoutes } from "./pages/story.ts";
import { theftRoutes } from "./pages/theft.ts";
import { theftsRoutes } from "./pages/thefts.ts";
import { addressRoutes } from "./pages/addresses.ts";
import { traceListRoutes } from "./pages/trace-list.ts";
import { traceRoutes } from "./pages/traces.ts";
import { transactionRoutes } from "./pages/transactions.ts";
import type { Action, Route } from "./route.ts";

export const ROUTES: readonly Route[] = [
  ...frontRoutes,
  ...storyRoutes,
  ...machineRoutes,
  ...sitemapRoutes,
  ...photoRoutes,
  ...searchRoutes,
  ...actorRoutes,
  ...roomRoutes,
  ...claimRoomRoutes,
  ...reportRoutes,
  ...commodityRoutes,
  ...screenRoutes,
  ...sanctionsListRoutes,
  ...listChangeRoutes,
  ...listRoutes,
  ...correctionRoutes,
  ...caseRoutes,
  ...theftsRoutes,
  ...theftRoutes,
  ...figureRoutes,
  ...datasetRoutes,
  ...traceListRoutes,
  ...traceRoutes,
  ...addressRoutes,
  ...transactionRoutes,
  ...evidenceRoutes,
  ...logRoutes,
  ...newsletterRoutes,
  ...issueRoutes,
  ...mailRoutes,
  ...aboutRoutes,
  ...howWeCountRoutes,
  ...docsRoutes,
  ...healthRoutes,
  ...assetRoutes,
];

/** Every form that can be sent; each works without script. */
export const ACTIONS: readonly Action[] = [...newsletterActions];
