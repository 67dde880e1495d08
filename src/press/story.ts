// Reading and walking a story's tree; its schema is in story-schema.ts.
import { TracewireError } from "../errors.ts";
import { lazily } from "../lazy.ts";
import type { Inline, Story } from "./story-schema.ts";

export type { ArchiveNote, Block, Inline, InlineNode, Story } from "./story-schema.ts";
export { FIGURE_FORMS, type FigureForm } from "./figure-forms.ts";
export const storySchema = lazily<typeof import("./story-schema.ts")>(import.meta.url, "./story-schema.ts");

/** What stands for a part that nobody has written yet, in a story that is kept meanwhile. */
export const UNWRITTEN = "…";

export function parseStory(value: unknown, where?: string): Story {
  const compiled = storySchema().compiledStory;
  if (compiled.Check(value)) {
    const wrong = contradiction(value);
    if (wrong === undefined) return value;
    throw new TracewireError("BAD_STORY", { what: wrong, where });
  }
  const error = compiled.Errors(value)[0] as { instancePath?: string; message?: string } | undefined;
  throw new TracewireError("BAD_STORY", {
    what: `${(error?.instancePath ?? "").slice(1).replaceAll("/", ".") || "story"}: ${error?.message ?? "is not a story"}`,
    where,
  });
}

/** What the schema cannot say: which parts belong to which type. */
function contradiction(story: Story): string | undefined {
  if (story.type === "release" && story.supplied_by === undefined) return "supplied_by: a press release says who supplied it";
  if (story.type !== "release" && story.supplied_by !== undefined) return "supplied_by: only a press release is supplied";
  if (story.type === "archive" && story.archive === undefined) return "archive: an archive story says from whose archive it is";
  if (story.type !== "archive" && story.archive !== undefined) return "archive: only an archive story is from an archive";
  // A bound number says that it was computed here; among words that were not checked it would vouch for them.
  if (story.type === "archive" && figuresOf(story).length > 0) return "An archive story binds no figure: write a story of your own about it";
  return undefined;
}

/** Every inline run of a story with where it stands, in reading order; of a picture its caption and alternative text. */
export function* inlineRuns(story: Story): Generator<{ place: string; content: Inline }> {
  yield { place: "headline", content: story.headline };
  yield { place: "standfirst", content: story.standfirst };
  for (const [at, section] of story.sections.entries()) {
    if (section.title) yield { place: `section ${at + 1}, title`, content: section.title };
    for (const [index, block] of section.blocks.entries())
      yield { place: `section ${at + 1}, ${block.type} ${index + 1}`, content: block.content };
  }
  if (story.photo?.caption) yield { place: "head, caption", content: story.photo.caption };
  if (story.photo?.alt) yield { place: "head, alt", content: [{ type: "text", text: story.photo.alt }] };
}

/** Ids of every figure that the story binds, in the order of first use. */
export function figuresOf(story: Story): string[] {
  const ids = new Set<string>();
  for (const { content } of inlineRuns(story)) for (const node of content) if (node.type === "figure") ids.add(node.id);
  for (const section of story.sections) for (const block of section.blocks) if (block.type !== "paragraph") ids.add(block.figure);
  if (story.picture) ids.add(story.picture);
  return [...ids];
}
