// One piece of work in a process of its own: made by the same functions as `tracewire export`, `report build`, `verify` and
// `reproduce`, over a newsroom that is only read. It may be stopped at any moment.
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { systemEffects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { findingWords, verifyBundle, verifyFolder, type VerifyFinding } from "../evidence/evidence.ts";
import { bundleOf, exportTo } from "../exchange/exchange.ts";
import { openNewsroom, signingKeyFault, type NewsroomReader } from "../newsroom.ts";
import { recomputeFolder, reproduceFromText, reproducePrinted, type Reproduced } from "../recompute.ts";
import { buildReport, checkReport, paragraphsOf, parsePrevious, parseReportSpec, renderReport } from "../reports/reports.ts";
import { onJob } from "./job-child.ts";
import { GIVEN_FILE, MADE_FOLDER, WORK_LIMITS, type WorkAsk, type WorkFile, type WorkFound, type WorkNote, type WorkQuestion } from "./work-jobs.ts";

const TELL_EVERY_MS = 300;

type Found = Omit<WorkFound, "files">;

type Say = (note: WorkNote) => Promise<void>;

onJob<WorkQuestion, WorkNote>(run);

async function run({ folder, place, ask }: WorkQuestion, say: Say): Promise<void> {
  try {
    const made = join(place, MADE_FOLDER);
    const found = await MAKERS[ask.kind]({ folder, made, say, given: () => readFileSync(join(place, GIVEN_FILE), "utf8") }, ask as never);
    await say({ note: "found", ...found, files: await filesOf(made) });
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    await say({ note: "fault", what: `${error.message}${error.where === undefined ? "" : ` (${error.where})`}`, hint: error.hint });
  }
}

type Place = { folder: string; made: string; say: Say; given(): string };
type Of<K extends WorkAsk["kind"]> = Extract<WorkAsk, { kind: K }>;

const MAKERS: { [K in WorkAsk["kind"]]: (place: Place, ask: Of<K>) => Promise<Found> } = {
  export: ({ folder, made }, ask) =>
    reading(folder, (newsroom) => {
      const manifest = exportTo(made, newsroom, ask);
      const counts = Object.entries(manifest.counts).map(([what, count]) => `${count.toLocaleString("en-US")} ${what}`).join(", ");
      return {
        good: true,
        said: [`${counts || "Nothing"}; as known at log size ${manifest.log_size}${manifest.marking === undefined ? "" : `; ${manifest.marking}`}.`, "Whoever gets it checks it with: sha256sum -c SHA256SUMS."],
        lists: [listOf("What this format cannot carry", manifest.cannot_carry), listOf("Left out", manifest.left_out.map(({ what, why }) => `${what} (${why})`))],
      };
    }),
  bundle: ({ folder, made }, { subject, id }) =>
    reading(folder, (newsroom) => {
      const bundle = bundleOf(newsroom, subject, id, systemEffects.clock());
      const name = `${id ?? "case"}.json`;
      writeFileSync(join(made, name), `${JSON.stringify(bundle)}\n`, { flag: "wx" });
      return {
        good: true,
        said: [
          `${bundle.entries.length.toLocaleString("en-US")} entries with their proofs, ${bundle.blobs.length.toLocaleString("en-US")} blobs.`,
          `Whoever gets it checks it, with no newsroom, by: tracewire verify --bundle ${name} --key ${newsroom.verifierKey}`,
        ],
        lists: [listOf("Left out", bundle.left_out.map(({ what, why }) => `${what} (${why})`))],
      };
    }),
  report: ({ folder, made, given, say }, { symbol, text, draft, at, previous }) =>
    reading(folder, async (newsroom) => {
      const parsed = parseReportSpec(text, symbol);
      const log_size = sizeOf(newsroom, at);
      const findings = newsroom.log.snapshot(() => checkReport(newsroom.log, parsed, log_size));
      if (findings.length > 0)
        return { good: false, said: ["It was not built: this is open. Mend it, or waive it with its reason."], lists: [listOf("Open", findings.map(({ place, what, rule, fix }) => `${place}: ${what} [${rule}]. ${fix}`))] };
      newsroom.log.checkpoint(log_size);
      const built = newsroom.log.snapshot(() => buildReport(newsroom.log, { parsed, spec_text: text, log_size, draft, ...(previous ? { previous: parsePrevious(given(), "previous") } : {}) }));
      const files = await renderReport(newsroom, built, (words) => void say({ note: "progress", words }));
      for (const { name, bytes } of files) writeFileSync(join(made, name), bytes, { flag: "wx" });
      const { report, figures } = built;
      return {
        good: true,
        said: [
          `${paragraphsOf(report).length} paragraphs, ${report.footnotes.length} footnotes, ${figures.length} figures, ${report.annexes.evidence.items.length} sources, as of log size ${log_size}${draft ? ", marked as a draft" : ""}.`,
          "Whoever gets it checks it with: sha256sum -c SHA256SUMS, and tracewire verify --bundle bundle.json",
        ],
        lists: [],
      };
    }),
  async verify({ folder, say }, { key, against }) {
    let told = 0;
    const report = await verifyFolder(folder, {
      key,
      against,
      recompute: recomputeFolder,
      onProgress(done, total, what) {
        if (performance.now() - told < TELL_EVERY_MS) return;
        told = performance.now();
        void say({ note: "progress", words: `${what}: ${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")}` });
      },
    });
    const fault = report.outcome === "clean" ? signingKeyFault(folder) : undefined;
    return {
      good: report.outcome === "clean" && !fault,
      said: [
        report.outcome !== "clean" ? `Damaged: ${report.findings.length} findings; the first is the first bad place.` : fault ? `What is written is proven, but ${fault.message}. ${fault.hint}` : "Clean.",
        `${report.entries.toLocaleString("en-US")} entries (${report.erased.length} erased), ${report.blobs.toLocaleString("en-US")} blobs, ${report.tiles} tiles, ${report.checkpoints.toLocaleString("en-US")} checkpoints. Root ${report.root}.`,
        keyWords(report.key, "folder"),
      ],
      lists: [findingList(report.findings), listOf("Notes", report.warnings.map(findingWords)), listOf("Erased", report.erased.map((seq) => `entry ${seq}`))],
    };
  },
  reproduce: ({ folder }, { id, revision, known }) => reading(folder, ({ log }) => reproduced(log.snapshot(() => reproducePrinted(log, id, { revision, known })))),
  async received({ given }, { key }) {
    const text = given();
    const report = verifyBundle(text, { key });
    const about = [`${report.entries.toLocaleString("en-US")} entries, ${report.blobs.toLocaleString("en-US")} blobs of a log of ${report.size.toLocaleString("en-US")}, subject “${report.subject.slice(0, 200)}”.`, keyWords(report.key, "bundle")];
    if (report.outcome !== "clean") return { good: false, said: [`Damaged: ${report.findings.length} findings.`, ...about], lists: [findingList(report.findings)] };
    let again: Found | undefined;
    try {
      again = reproduced(reproduceFromText(text, { key, where: "the bundle" }));
    } catch (error) {
      // A bundle need not carry a figure.
      if (!(error instanceof TracewireError) || error.code !== "NOT_FOUND") throw error;
    }
    return { good: again?.good ?? true, said: ["Clean.", ...about, ...(again?.said ?? ["It carries no figure."])], lists: again?.lists ?? [] };
  },
};

const keyWords = ({ pinned, verifier_key }: { pinned: boolean; verifier_key: string }, from: string): string =>
  pinned ? "The key is the one you gave." : `The key came from the ${from} itself: ${verifier_key}. Compare it with one that you noted elsewhere.`;

function reproduced(figures: readonly Reproduced[]): Found {
  const different = figures.filter(({ same }) => !same).length;
  return {
    good: different === 0,
    said: [different === 0 ? `${figures.length} of ${figures.length} came out the same, byte for byte.` : `${different} of ${figures.length} figures did not come out the same.`],
    lists: [listOf("Figures", figures.map(({ figure, same }) => `${same ? "same" : "DIFFERENT"}: ${figure.id}, ${figure.value} ${figure.unit}, at log size ${figure.log_size}`))],
  };
}

const findingList = (findings: readonly VerifyFinding[]) => listOf("Findings", findings.map(findingWords));

const listOf = (title: string, lines: readonly string[]): WorkFound["lists"][number] => ({ title, lines: lines.slice(0, WORK_LIMITS.lines).map((line) => line.slice(0, 2_000)), count: lines.length });

function sizeOf({ log }: NewsroomReader, at: number | undefined): number {
  const newest = log.size();
  if (at === undefined) return newest;
  if (at >= 1 && at <= newest) return at;
  throw new TracewireError("BAD_ARGUMENT", { what: `at: this log has sizes 1 to ${newest}, not ${at}`, where: "at" });
}

async function reading(folder: string, use: (newsroom: NewsroomReader) => Found | Promise<Found>): Promise<Found> {
  const newsroom = openNewsroom(folder);
  try {
    return await use(newsroom);
  } finally {
    newsroom.close();
  }
}

function filesOf(made: string): Promise<WorkFile[]> {
  return Promise.all(
    readdirSync(made)
      .sort()
      .map(async (name) => {
        const hash = createHash("sha256");
        await pipeline(createReadStream(join(made, name)), hash);
        return { name, byte_count: statSync(join(made, name)).size, sha256: hash.digest("hex") };
      }),
  );
}
