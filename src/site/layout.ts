// The frame of every page. (First version: the design of it is being drawn.)
import { html, type Html } from "./html.ts";
import type { SiteContext } from "./route.ts";

export type PageFrame = {
  /** For the title element and previews, without the newsroom's name. */
  title: string;
  description: string;
  path: string;
  context: Pick<SiteContext, "at" | "log_size" | "now">;
  body: Html;
  /** Other forms of the same page: .json, .csv. */
  alternates?: readonly { href: string; type: string; title: string }[];
};

export function frame(page: PageFrame): string {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${page.title} · Tracewire</title></head><body><main>${page.body}</main></body></html>`.markup;
}
