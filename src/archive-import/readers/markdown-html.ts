// Markdown as HTML, raw HTML let through: what reads it takes words only.
import type MarkdownIt from "markdown-it";
import { lazily } from "../../lazy.ts";

const markdownIt = lazily<typeof MarkdownIt>(import.meta.url, "markdown-it");
let made: InstanceType<typeof MarkdownIt> | undefined;

export function markdownToHtml(source: string): string {
  made ??= new (markdownIt())({ html: true, linkify: false });
  return made.render(source);
}
