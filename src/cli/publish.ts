import { readFileSync } from "node:fs";
import { TracewireError } from "../errors.ts";
import { formatValue, requireFigureSpec } from "../figures/figures.ts";
import { computeStoryFigures, lintStory, parseStoryText, publishStory, type Waiver } from "../press/press.ts";
import { change, list, openWriter, text, type Command } from "./command.ts";

export const publish: Command = {
  name: "publish",
  summary: "Check a story and publish it: its text and its figures as of now become one entry of the log",
  arguments: "<file>",
  writes: true,
  options: [
    { flags: "--check", about: "only check: list what an editor would strike" },
    { flags: "--why <reason>", about: "why there is a new revision" },
    { flags: "--waive <rule=reason>", about: "publish in spite of a finding; the reason is kept (may be repeated)", repeat: true },
  ],
  examples: [
    ["tracewire publish demo/stories/un-monitors-58-suspected-cyberattacks.md --check", "what is still open"],
    ["tracewire publish demo/stories/un-monitors-58-suspected-cyberattacks.md", "publish, or publish a new revision"],
  ],
  exits: { 1: "the story has open findings" },
  run(context, [file], options) {
    let source: string;
    try {
      source = readFileSync(file!, "utf8");
    } catch (error) {
      throw new TracewireError("NOT_FOUND", { what: "The story cannot be read", where: file, cause: error });
    }
    const story = parseStoryText(source, file);
    const newsroom = openWriter(context);
    try {
      if (options.check) {
        const figures = new Map([...computeKnownFigures(newsroom.log, story)]);
        const findings = lintStory(newsroom.log, story, figures);
        context.output.json({ slug: story.slug, findings });
        for (const finding of findings) {
          context.output.line(`${context.output.bold(finding.rule)}  ${finding.place}: ${finding.what}`);
          context.output.line(`  ${finding.fix}`);
        }
        if (findings.length === 0) {
          context.output.line(`${story.slug}: nothing open. Its figures:`);
          for (const [id, figure] of figures)
            context.output.line(`  ${id}  ${formatValue(figure.value, figure.unit, "exact", requireFigureSpec(newsroom.log, id).spec)}`);
        }
        return findings.length > 0 ? 1 : 0;
      }
      const outcome = change(context, newsroom, (transaction) =>
        publishStory(transaction, newsroom.log, story, {
          by: context.by,
          why: text(options, "why"),
          waivers: list(options, "waive").map(parseWaiver),
        }),
      );
      context.output.json({ slug: story.slug, ...outcome });
      context.output.line(
        outcome.outcome === "published"
          ? `Published ${context.output.bold(story.slug)}, revision ${outcome.revision} (entry ${outcome.seq}), at /stories/${story.slug}`
          : `Unchanged: revision ${outcome.revision} of ${story.slug} says the same already.`,
      );
    } finally {
      newsroom.close();
    }
  },
};

/** For the check, a figure that is not defined is a finding, not a fault. */
function computeKnownFigures(log: Parameters<typeof computeStoryFigures>[0], story: Parameters<typeof computeStoryFigures>[1]) {
  try {
    return computeStoryFigures(log, story);
  } catch (error) {
    if (error instanceof TracewireError && error.code === "NOT_FOUND") return new Map<string, never>();
    throw error;
  }
}

function parseWaiver(text: string): Waiver {
  const match = /^([a-z-]+)=(.{3,400})$/s.exec(text);
  if (!match) throw new TracewireError("BAD_ARGUMENT", { what: `--waive needs rule=reason, not "${text}"` });
  return { rule: match[1]!, why: match[2]! };
}
