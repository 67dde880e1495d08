// Error pages are pages: what happened, and where to go from here.
import type { TracewireError } from "../../errors.ts";
import type { Page } from "../page-store.ts";
import { html } from "../html.ts";

export function errorPage(error: TracewireError, path: string, accept = ""): Page {
  void path;
  if (/application\/json/.test(accept)) return { status: error.status, content_type: "application/json; charset=utf-8", body: JSON.stringify(error), depends: [] };
  return { status: error.status, content_type: "text/html; charset=utf-8", body: html`<!doctype html><title>${error.message}</title><p>${error.message}<p>${error.hint}`.markup, depends: [] };
}
