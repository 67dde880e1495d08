// Every address of the public site, in one list: docs/routes.md is checked against it.
import type { Route } from "./route.ts";

export const ROUTES: readonly Route[] = [];
