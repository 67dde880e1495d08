// The documentation as pages of the site: the same files that the repository holds, so neither can say something else.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type MarkdownIt from "markdown-it";
import { packageRoot } from "../../config.ts";
import { lazily } from "../../lazy.ts";
import { html, trustedMarkup, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";

const markdownIt = lazily<typeof MarkdownIt>(import.meta.url, "markdown-it");

/** Files outside docs/ that are read as documentation too, by the name of their page. */
const ELSEWHERE: Record<string, string> = {
  start: "README.md",
  architecture: "ARCHITECTURE.md",
  security: "SECURITY.md",
  deploy: "deploy/README.md",
};

export const docsRoutes: Route[] = [
  {
    path: "/docs",
    about: "The documentation.",
    render(context, { path }) {
      const body = html`<h1>Documentation</h1>
<p class="standfirst">The same pages as in the source; a test compares them with the code.</p>
<ul>${docNames().map((name) => html`<li><a href="/docs/${name}">${titleOf(sourceOf(name)!)}</a></li>`)}</ul>`;
      return page(context, path, "Documentation", body);
    },
  },
  {
    path: "/docs/:name",
    about: "One page of the documentation.",
    render(context, { params, path }) {
      const source = sourceOf(params.name!);
      if (source === undefined) return undefined;
      return page(
        context,
        path,
        titleOf(source),
        html`<p class="label"><a href="/docs">Documentation</a></p>
<div class="prose docs">${rendered(source)}</div>`,
      );
    },
  },
];

/** Each file's path in the repository, with the name of its page. Read once: the files are the program's own. */
let files: Map<string, string> | undefined;
function pages(): Map<string, string> {
  const own = () =>
    readdirSync(join(packageRoot, "docs"))
      .filter((file) => file.endsWith(".md") && file !== "README.md")
      .map((file) => file.slice(0, -3))
      .sort();
  return (files ??= new Map([
    ...Object.entries(ELSEWHERE).map(([name, path]) => [path, name] as const),
    ...own().map((name) => [`docs/${name}.md`, name] as const),
  ]));
}

export const docNames = (): string[] => [...pages().values()];

function sourceOf(name: string): string | undefined {
  const path = [...pages()].find(([, page]) => page === name)?.[0];
  return path === undefined ? undefined : readFileSync(join(packageRoot, path), "utf8");
}

const titleOf = (source: string): string => (/^# (.+)$/m.exec(source)?.[1] ?? "Documentation").replaceAll("`", "");

/** Raw HTML in a file stays text (html: false), so what markdown-it writes is markup of its own making. */
function rendered(source: string): Html {
  const markdown = new (markdownIt())("default", { html: false, linkify: false });
  const ids = new Set<string>();
  const tokens = markdown.parse(source.replaceAll(/<!--.*?-->/gs, ""), {});
  for (const [at, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const words =
        tokens[at + 1]!.content.toLowerCase()
          .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
          .replaceAll(/^-|-$/g, "") || "part";
      let id = words;
      for (let count = 2; ids.has(id); count++) id = `${words}-${count}`;
      ids.add(id);
      token.attrSet("id", id);
    }
    // A wide table scrolls inside its own box, and the keyboard can get there.
    if (token.type === "table_open") token.attrSet("class", "data");
    if (token.type === "th_open") token.attrSet("scope", "col");
    for (const child of token.children ?? []) {
      if (child.type === "link_open") child.attrSet("href", linkOf(String(child.attrGet("href") ?? "")));
      // Pictures of the repository are not served; their words are.
      if (child.type === "image") ((child.type = "text"), (child.tag = ""));
    }
  }
  let tables = 0;
  // Alignment comes as a style attribute, which this site's policy refuses.
  const markup = markdown.renderer
    .render(tokens, markdown.options, {})
    .replaceAll(/ style="[^"]*"/g, "")
    .replaceAll(/<table/g, () => `<section class="scroll" tabindex="0" aria-label="Table ${++tables}"><table`)
    .replaceAll(/<\/table>/g, "</table></section>")
    .replaceAll(/<pre>/g, '<pre tabindex="0">');
  return trustedMarkup(markup);
}

/** "figures.md#rules" → "/docs/figures#rules"; a file of the source is not served, so its link leads to the list. */
export function linkOf(href: string): string {
  if (/^(https?:|mailto:|#|\/)/.test(href)) return href;
  const [file, hash] = href.split("#", 2) as [string, string?];
  const path = file.replace(/^(\.\.?\/)+/, "");
  const name = pages().get(path) ?? pages().get(`docs/${path}`);
  // Without a folder it is the list of the folder that names it, not the page where all begins.
  return name === undefined || /^(\.\/)?README\.md$/.test(file) ? "/docs" : `/docs/${name}${hash ? `#${hash}` : ""}`;
}

function page(context: SiteContext, path: string, title: string, body: Html): Page {
  return {
    content_type: "text/html; charset=utf-8",
    body: frame({ title, description: `${title}: documentation of Tracewire.`, path, context, body }),
    // Files of the program: they change with it, not with the log.
    depends: [],
  };
}
