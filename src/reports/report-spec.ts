// A report's file (YAML) becomes a checked spec and a story's tree, or a refusal that names file, line and field.
import type { Document } from "yaml";
import { TracewireError } from "../errors.ts";
import { lazily } from "../lazy.ts";
import { parseInline, parseStory, type Inline, type Story } from "../press/press.ts";
import type { ReportSpec } from "./report-spec-schema.ts";

const yaml = lazily<typeof import("yaml")>(import.meta.url, "yaml");

export type { ReportSpec } from "./report-spec-schema.ts";
export const reportSpecSchema = lazily<typeof import("./report-spec-schema.ts")>(import.meta.url, "./report-spec-schema.ts");

const BYTES_MAX = 1_000_000;

export type Block =
  { type: "paragraph"; content: Inline; cites: string[]; line: number } | { type: "table"; figure: string; caption: Inline; line: number };
export type ParsedReport = {
  spec: ReportSpec;
  file: string;
  title: Inline;
  summary: Inline;
  sections: { title: Inline; blocks: Block[] }[];
  /** The same text as the press room's tree, for its lint. */
  story: Story;
};

/** Reads the file of a report. Throws BAD_REPORT with file, line and field. */
export function parseReportSpec(text: string, file: string): ParsedReport {
  if (text.length > BYTES_MAX) throw new TracewireError("BAD_REPORT", { what: `More than ${BYTES_MAX} characters`, where: file });
  const lines = new (yaml().LineCounter)();
  const document = yaml().parseDocument(text, { lineCounter: lines, schema: "core", uniqueKeys: true });
  const refuse = (line: number, what: string): never => {
    throw new TracewireError("BAD_REPORT", { what, where: `${file}:${line}` });
  };
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) refuse(fault.linePos?.[0].line ?? 1, fault.message.split("\n")[0]!.replace(/ at line \d+.*$/, ""));
  const lineOf = (path: readonly (string | number)[]) => lines.linePos(offsetOf(document, path)).line;
  const spec = checkSpec(toValue(document, file), (path, what) => refuse(lineOf(path), what));

  const inline = (source: string, path: (string | number)[]): Inline => {
    const content = parseInline(source.replaceAll(/\s+/g, " ").trim(), (what) => refuse(lineOf(path), `${fieldName(path)}: ${what}`));
    const link = content.find((node) => node.type === "link");
    if (link) refuse(lineOf(path), `${fieldName(path)}: a report stands alone, so it has no link into the site; cite the claim instead`);
    return content;
  };
  const title = inline(spec.title, ["title"]);
  const summary = inline(spec.summary, ["summary"]);
  const sections = spec.sections.map((section, at) => ({
    title: inline(section.title, ["sections", at, "title"]),
    blocks: section.paragraphs.map((block, index): Block => {
      const path = ["sections", at, "paragraphs", index];
      const line = lineOf(path);
      if (typeof block === "string") return { type: "paragraph", content: inline(block, path), cites: [], line };
      if ("table" in block) return { type: "table", figure: block.table, caption: inline(block.caption, [...path, "caption"]), line };
      return { type: "paragraph", content: inline(block.text, [...path, "text"]), cites: block.cites ?? [], line };
    }),
  }));
  return { spec, file, title, summary, sections, story: storyOf(spec, { title, summary, sections }, file) };
}

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new TracewireError("BAD_REPORT", { what: "Anchors and aliases are not used here", where: file, cause: error });
  }
}

type SpecError = { instancePath?: string; message?: string; params?: { additionalProperties?: string[]; requiredProperties?: string[] } };

function checkSpec(value: unknown, refuse: (path: (string | number)[], what: string) => never): ReportSpec {
  const compiled = reportSpecSchema().compiledReportSpec;
  if (compiled.Check(value)) return value;
  const errors = compiled.Errors(value) as SpecError[];
  const pathOf = (error: SpecError) =>
    (error.instancePath ?? "")
      .split("/")
      .slice(1)
      .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const extra = errors.find((error) => error.params?.additionalProperties);
  if (extra) {
    const name = extra.params!.additionalProperties![0]!;
    const path = [...pathOf(extra), name];
    return refuse(path, `${fieldName(path)}: there is no such field`);
  }
  // Of a union every branch complains; the deepest complaint is about what stands there.
  const first = errors.toSorted((a, b) => pathOf(b).length - pathOf(a).length)[0]!;
  return refuse(pathOf(first), `${fieldName(pathOf(first)) || "report"}: ${first.message ?? "is not what is expected here"}`);
}

function fieldName(path: readonly (string | number)[]): string {
  return path.map((part, at) => (typeof part === "number" ? `[${part + 1}]` : `${at > 0 ? "." : ""}${part}`)).join("");
}

/** Where the innermost part of a path that is there begins: its key, if it has one. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const part of path) {
    if (yaml().isMap(node)) {
      const pair = node.items.find((item) => String((item.key as { value?: unknown })?.value) === String(part));
      const key = pair?.key as { range?: [number, number, number] } | undefined;
      if (key?.range) offset = key.range[0];
      node = pair?.value;
    } else if (yaml().isCollection(node)) {
      node = node.items[Number(part)];
      const range = (node as { range?: [number, number, number] } | undefined)?.range;
      if (range) offset = range[0];
    }
  }
  return offset;
}

function storyOf(spec: ReportSpec, parts: Pick<ParsedReport, "title" | "summary" | "sections">, file: string): Story {
  return parseStory(
    {
      type: "story",
      slug: reportSlug(spec.symbol),
      topic: "Report",
      byline: spec.desk.slice(0, 80),
      happened: spec.period.split("/").at(-1),
      headline: parts.title,
      standfirst: parts.summary,
      sections: parts.sections.map(({ title, blocks }) => ({
        title,
        blocks: blocks.map((block) =>
          block.type === "paragraph"
            ? { type: "paragraph", content: block.content }
            : { type: "chart", figure: block.figure, content: block.caption },
        ),
      })),
      replies: (spec.replies ?? []).slice(0, 20),
    },
    file,
  );
}

/** S/2024/215 → s-2024-215, as subjects and addresses write it. */
export function reportSlug(symbol: string): string {
  return symbol
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
