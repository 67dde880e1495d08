// The two forms of an issue, plain and HTML, made from story trees. Every number is the published one with the short
// address at which it opens; both forms can be read without pictures, and neither sets a colour that a dark mail
// program would have to fight. What is hashed is the form that all get; personal links are put in afterwards.
import { sha256Hex, type LogReader } from "../evidence/evidence.ts";
import { findFigureSpec, formatDate, formatValue } from "../figures/figures.ts";
import { figuresOf, printerOf, splitSentences, type Inline, type Publication } from "../press/press.ts";

export const FORM_BYTES_MAX = 60 * 1024;
const FIGURES_LISTED_MAX = 8;
const LINE_WIDTH = 72;

export type Forms = { subject: string; text: string; html: string };

export type IssueContent = { number: number | "draft"; subject: string; base: string; publications: readonly Publication[]; for_topic?: string };

export function issueForms(log: Pick<LogReader, "db">, { number, subject, base, publications, for_topic }: IssueContent): Forms {
  const name = `${number === "draft" ? "Draft" : `Issue ${number}`}${for_topic === undefined ? "" : `, for those who chose ${for_topic}`}`;
  const all = number === "draft" ? `${base}/` : `${base}/newsletter/issues/${number}`;
  const stories = publications.map((publication) => storyParts(log, publication, base));
  const text = [
    `TRACEWIRE · ${name}\nCrypto news whose numbers you can open`,
    ...stories.map((story) =>
      [
        wrap(story.headline.toUpperCase()),
        wrap(story.standfirst),
        story.opening && wrap(story.opening),
        story.line,
        `Read: ${story.href}`,
        story.figures.length > 0 && ["Its numbers, and where each opens:", ...story.figures.map(({ words, href }) => `${indented(wrap(words, LINE_WIDTH - 2))}\n    ${href}`)].join("\n"),
      ]
        .filter(Boolean)
        .join("\n\n"),
    ),
    `This issue on the web: ${all}`,
  ].join(`\n\n${"-".repeat(8)}\n\n`);
  const html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(subject)}</title>
</head>
<body style="margin:0;padding:16px;font:17px/1.5 Georgia,serif">
<div style="max-width:600px;margin:0 auto">
<p style="margin:0;font:bold 22px/1.2 Georgia,serif"><a href="${escape(base)}/" style="color:inherit;text-decoration:none">Tracewire</a></p>
<p style="margin:0 0 24px;font:14px/1.4 sans-serif">${escape(name)} · Crypto news whose numbers you can open</p>
${stories
  .map(
    (story) => `<h2 style="margin:24px 0 8px;padding-top:16px;border-top:1px solid;font:bold 22px/1.2 Georgia,serif"><a href="${escape(story.href)}" style="color:inherit">${escape(story.headline)}</a></h2>
<p style="margin:0 0 12px">${story.standfirstHtml}</p>
${story.openingHtml ? `<p style="margin:0 0 12px">${story.openingHtml}</p>\n` : ""}<p style="margin:0 0 12px;font:14px/1.4 sans-serif">${escape(story.line)} · <a href="${escape(story.href)}" style="color:inherit">Read the story</a></p>
${
  story.figures.length > 0
    ? `<p style="margin:0;font:bold 14px/1.4 sans-serif">Its numbers, and where each opens</p>
<ul style="margin:0 0 16px;padding-left:20px;font:14px/1.5 sans-serif">${story.figures.map(({ words, href }) => `<li><a href="${escape(href)}" style="color:inherit">${escape(words)}</a></li>`).join("")}</ul>
`
    : ""
}`,
  )
  .join("")}<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid;font:14px/1.5 sans-serif"><a href="${escape(all)}" style="color:inherit">This issue on the web</a></p>
</div>
</body>
</html>
`;
  return { subject, text: `${text}\n`, html };
}

export const formBytes = ({ text, html }: Forms): number => Buffer.byteLength(text) + Buffer.byteLength(html);

export const formHashes = ({ text, html }: Forms): { text_sha256: string; html_sha256: string } => ({
  text_sha256: sha256Hex(text),
  html_sha256: sha256Hex(html),
});

/** The lines below a letter that are one person's own. */
export function withPersonalLinks({ text, html }: { text: string; html: string }, base: string, token: string): { text: string; html: string } {
  const preferences = `${base}/newsletter/preferences/${token}`;
  const leave = `${base}/newsletter/leave/${token}`;
  const tail = `<div style="max-width:600px;margin:16px auto 0;font:14px/1.5 sans-serif"><p style="margin:0">You get this because you asked for it. <a href="${escape(leave)}" style="color:inherit">Leave</a> · <a href="${escape(preferences)}" style="color:inherit">Topics, or erase me</a></p></div>\n`;
  const at = html.lastIndexOf("</body>");
  return {
    text: `${text}\n-- \nYou get this because you asked for it.\nLeave: ${leave}\nTopics, or erase me: ${preferences}\n`,
    html: `${html.slice(0, at)}${tail}${html.slice(at)}`,
  };
}

function storyParts(log: Pick<LogReader, "db">, publication: Publication, base: string) {
  const { story, figures, slug, revision, at } = publication;
  const print = printerOf(log, figures);
  const href = (id: string, log_size: string) => `${base}/figures/${id}?known=${log_size}`;
  const markup = (content: Inline): string =>
    content
      .map((node) => {
        const printed = escape(print([node]));
        const figure = node.type === "figure" ? figures.find(({ id }) => id === node.id) : undefined;
        return figure ? `<a href="${escape(href(figure.id, figure.log_size))}" style="color:inherit">${printed}</a>` : printed;
      })
      .join("");
  const opening = story.sections[0]?.blocks.find((block) => block.type === "paragraph")?.content;
  const listed = figuresOf(story)
    .flatMap((id) => figures.filter((figure) => figure.id === id && figure.value !== null))
    .slice(0, FIGURES_LISTED_MAX)
    .map((figure) => {
      const spec = findFigureSpec(log, figure.id, Number(figure.log_size))?.spec;
      return { words: `${spec?.title ?? figure.id}: ${formatValue(figure.value, figure.unit, "exact", spec)}`, href: href(figure.id, figure.log_size) };
    });
  return {
    headline: print(story.headline),
    standfirst: print(story.standfirst),
    standfirstHtml: markup(story.standfirst),
    opening: opening && print(opening),
    openingHtml: opening && markup(opening),
    line: `${story.topic} · ${story.byline} · ${formatDate(at.slice(0, 10))}`,
    href: `${base}/stories/${slug}/revisions/${revision}`,
    figures: listed,
  };
}

const indented = (lines: string): string => lines.replace(/^/gm, "  ");

/** What a letter says of a story, sentence by sentence. */
export function letterSentences(log: Pick<LogReader, "db">, publication: Publication): string[] {
  const { headline, standfirst, opening, figures } = storyParts(log, publication, "");
  return [...[headline, standfirst, opening ?? ""].flatMap(splitSentences), ...figures.map(({ words }) => words)];
}

export function wrap(text: string, width = LINE_WIDTH): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].join("\n");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** For element content and quoted attributes; controls, also those that reorder text, are shown as what they are not. */
export const escape = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "\ufffd").replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);
