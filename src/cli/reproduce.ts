import { TracewireError } from "../errors.ts";
import { figureHash } from "../figures/figures.ts";
import { reproduceFromText, reproducePrinted } from "../recompute.ts";
import { findTrace, reproduction } from "../tracing/tracing.ts";
import { openReader, readTextFile, text, type Command, type CommandContext } from "./command.ts";

export const reproduce: Command = {
  name: "reproduce",
  summary: "Compute a figure, all figures of a published story, or a kept trace again and compare byte for byte",
  arguments: "[id]",
  options: [
    { flags: "--known <when>", about: "of a figure: at this log size or time" },
    { flags: "--revision <n>", about: "of a story: this revision" },
    { flags: "--bundle <file>", about: "from an exported bundle instead; no newsroom is needed" },
    { flags: "--key <key>", about: "of a bundle: the public key it must be signed with" },
  ],
  examples: [
    ["tracewire reproduce un-monitors-58-suspected-cyberattacks", "every number of a story"],
    ["tracewire reproduce panel-2024-table-usd", "one figure, as it was last published"],
  ],
  exits: { 6: "a figure did not come out the same" },
  async run(context, [id], options) {
    const bundle = text(options, "bundle");
    if (bundle !== undefined) return reproduceFromBundle(context, bundle, text(options, "key"));
    if (id === undefined)
      throw new TracewireError("BAD_ARGUMENT", {
        what: "Which figure or story?",
        hint: "List them: tracewire figure, tracewire show stories.",
      });
    const newsroom = openReader(context);
    try {
      const revision = text(options, "revision");
      const trace = findTrace(newsroom.log, id, undefined, "all");
      if (trace) {
        const { answer, notes, words, fault } = await reproduction(newsroom, trace);
        context.output.json(answer);
        if (fault) throw fault;
        for (const note of notes) context.output.note(note);
        return context.output.line(words);
      }
      const found = reproducePrinted(newsroom.log, id, { revision: revision === undefined ? undefined : Number(revision), known: text(options, "known") });
      for (const { figure, same, computed_sha256 } of found) {
        context.output.json({ id: figure.id, log_size: figure.log_size, same, published_sha256: figureHash(figure), computed_sha256 });
        context.output.line(`${same ? "same" : "DIFFERENT"}  ${figure.id}  ${figure.value} ${figure.unit}  at log size ${figure.log_size}  ${figureHash(figure).slice(0, 16)}…`);
      }
      const different = found.filter(({ same }) => !same).length;
      if (different > 0)
        throw new TracewireError("NOT_REPRODUCED", {
          what: `${different} of ${found.length} figures did not come out the same`,
          where: id,
        });
      context.output.line(`${found.length} of ${found.length} came out the same, byte for byte.`);
    } finally {
      newsroom.close();
    }
  },
};

/** On another machine: the bundle is verified first, then its figures are computed from its entries. */
function reproduceFromBundle(context: CommandContext, file: string, key: string | undefined): void {
  const figures = reproduceFromText(readTextFile(file), { key, where: file });
  for (const { figure, same, computed_sha256 } of figures) {
    context.output.json({ id: figure.id, log_size: figure.log_size, same, published_sha256: figureHash(figure), computed_sha256 });
    context.output.line(`${same ? "same" : "DIFFERENT"}  ${figure.id}  ${figure.value} ${figure.unit}  at log size ${figure.log_size}`);
  }
  const different = figures.filter(({ same }) => !same).length;
  if (different > 0)
    throw new TracewireError("NOT_REPRODUCED", {
      what: `${different} of ${figures.length} figures did not come out the same`,
      where: file,
    });
  context.output.line(`${figures.length} of ${figures.length} came out the same, byte for byte, from the bundle alone.`);
}
