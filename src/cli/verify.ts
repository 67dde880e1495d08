import { findingWords, verifyBundle, verifyFolder, type VerifyFinding } from "../evidence/evidence.ts";
import { signingKeyFault } from "../newsroom.ts";
import { recomputeFolder } from "../recompute.ts";
import { readTextFile, text, type Command, type CommandContext } from "./command.ts";

const LEFT_OUT_SHOWN = 20;
const FOUND = 1;

export const verify: Command = {
  name: "verify",
  summary: "Check everything from the bytes up, trusting nothing: blobs, log, tiles, signatures, views, published figures",
  options: [
    { flags: "--key <key>", about: "the public key you noted at first start: without it the key comes from the folder itself" },
    { flags: "--against <file>", about: "a checkpoint you kept: finds a rollback or a fork" },
    { flags: "--bundle <file>", about: "check an exported bundle instead; no newsroom is needed" },
  ],
  examples: [
    ["tracewire verify", "the whole newsroom"],
    ["tracewire verify --bundle figure.json", "a bundle that somebody sent"],
  ],
  exits: { [FOUND]: "the bundle is whole, and no entry is in it: it proves nothing", 6: "damage was found" },
  async run(context, _, options) {
    const bundle = text(options, "bundle");
    return bundle
      ? checkBundle(context, bundle, text(options, "key"))
      : checkFolder(context, text(options, "key"), text(options, "against"));
  },
};

async function checkFolder(context: CommandContext, key: string | undefined, against: string | undefined): Promise<number> {
  const report = await verifyFolder(context.config.data, {
    key,
    against: against && readTextFile(against),
    recompute: recomputeFolder,
    onProgress: (done, total, what) => context.output.progress(done, total, what),
  });
  context.output.endProgress();
  context.output.json(report);
  context.output.line(
    `${report.entries} entries (${report.erased.length} erased), ${report.blobs} blobs, ${report.tiles} tiles, ${report.checkpoints} checkpoints`,
  );
  context.output.line(`root ${report.root}`);
  if (report.erased.length > 0) context.output.line(`erased: ${report.erased.join(", ")}`);
  context.output.line(
    report.key.pinned ? "The key is the one you gave." : `The key came from the folder itself. Pin it: --key ${report.key.verifier_key}`,
  );
  for (const warning of report.warnings) context.output.line(`note: ${findingWords(warning)}`);
  // What is written is proven; with this key nothing more can be.
  const keyFault = report.outcome === "clean" ? signingKeyFault(context.config.data) : undefined;
  if (keyFault) throw keyFault;
  return finish(context, report.outcome === "clean", report.findings);
}

function checkBundle(context: CommandContext, file: string, key: string | undefined): number {
  const report = verifyBundle(readTextFile(file), { key });
  context.output.json(report);
  context.output.line(`${report.entries} entries, ${report.blobs} blobs of a log of ${report.size}, subject “${report.subject}”`);
  context.output.line(
    report.key.pinned ? "The key is the one you gave." : `The key came from the bundle itself. Pin it: --key ${report.key.verifier_key}`,
  );
  for (const { what, why } of report.left_out.slice(0, LEFT_OUT_SHOWN)) context.output.line(`not in it: ${what}, ${why}`);
  if (report.left_out.length > LEFT_OUT_SHOWN) context.output.line(`… and ${report.left_out.length - LEFT_OUT_SHOWN} more that are not in it; --json has all.`);
  const hidden = report.left_out.filter(({ why }) => why === "not released").length;
  // A signed state of the log with no entry in it is whole, and says nothing of what it is named after.
  if (report.outcome === "clean" && report.entries === 0) {
    context.output.line(context.output.bold(`It proves nothing of “${report.subject}”: no entry is in it.`));
    return FOUND;
  }
  return finish(context, report.outcome === "clean", report.findings, hidden > 0 ? `Clean, as far as it goes: of what is not released (${hidden}) it proves nothing.` : undefined);
}

function finish(context: CommandContext, clean: boolean, findings: readonly VerifyFinding[], cleanWords = "Clean."): number {
  for (const finding of findings) context.output.line(findingWords(finding));
  if (findings.length > 0 && findings.every(({ what }) => what === "views_of_another_version")) {
    context.output.line("The entries are proven. The tables beside them were made by another version of Tracewire and were not compared:");
    context.output.line("open the newsroom once with this version (any command but verify does), then verify again.");
    return 6;
  }
  context.output.line(
    clean
      ? context.output.bold(cleanWords)
      : context.output.bold(`Damaged: ${findings.length} finding${findings.length === 1 ? "" : "s"}; the first is the first bad place.`),
  );
  return clean ? 0 : 6;
}
