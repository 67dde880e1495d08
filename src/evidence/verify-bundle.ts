// Checks a bundle with nothing but the bundle: hashes, proofs, signature, bytes. Like verify.ts it shares no
// code with what makes one, and whatever the file holds, the answer is findings and never a throw.
import { collectFindings, type Finding, type Findings } from "./verify-findings.ts";
import { isTooDeep, readCanonicalObject, spell, type JsonObject } from "./verify-json.ts";
import { decodeBase64, readNote, readPublicKey, type PublicKey } from "./verify-note.ts";
import { checkInclusion, hashLeaf, sha256 } from "./verify-tree.ts";

const BUNDLE_CHARS_MAX = 512 * 1024 * 1024 - 64; // just below the longest string there can be
const ENTRIES_MAX = 1_000_000;
const BLOBS_MAX = 100_000;
const PROOF_MAX = 53; // sizes stay below 2^53
const DEPTH_MAX = 60;
const REASON_CHARS_MAX = 500;

export type BundleReport = {
  outcome: "clean" | "damaged";
  subject: string;
  made_at: string;
  /** Entries and blobs that passed every check. */
  entries: number;
  blobs: number;
  /** What the signed checkpoint says; empty where its signature does not hold. */
  size: number;
  root: string;
  key: { verifier_key: string; pinned: boolean };
  left_out: { what: string; why: string }[];
  findings: Finding[];
};

const MEMBERS = ["format", "made_at", "subject", "verifier_key", "checkpoint", "entries", "blobs", "left_out", "extra", "manifest_sha256"];

/** Checks the text of a bundle. `key` pins the verifier key; without it the bundle's own is believed and the report says so. */
export function verifyBundle(text: string, options: { key?: string } = {}): BundleReport {
  const findings = collectFindings();
  const report: BundleReport = {
    outcome: "damaged",
    subject: "",
    made_at: "",
    entries: 0,
    blobs: 0,
    size: 0,
    root: "",
    key: { verifier_key: options.key ?? "", pinned: options.key !== undefined },
    left_out: [],
    findings: [],
  };
  const bundle = parse(text, findings);
  if (bundle) check(bundle, options.key, report, findings);
  report.findings = findings.list();
  report.outcome = findings.count === 0 ? "clean" : "damaged";
  return report;
}

function parse(text: string, findings: Findings): JsonObject | undefined {
  if (typeof text !== "string" || text.length > BUNDLE_CHARS_MAX)
    return void findings.add({ what: "bundle_too_large", expected: `at most ${BUNDLE_CHARS_MAX} characters` });
  if (isTooDeep(text, DEPTH_MAX)) return void findings.add({ what: "bundle_too_deep", expected: `at most ${DEPTH_MAX} levels` });
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // said below
  }
  return void findings.add({ what: "bundle_malformed" });
}

function check(bundle: JsonObject, pinnedText: string | undefined, report: BundleReport, findings: Findings): void {
  for (const member of Object.keys(bundle))
    if (!MEMBERS.includes(member)) findings.add({ what: "member_unknown", actual: member.slice(0, REASON_CHARS_MAX) });
  if (bundle.format !== "tracewire-bundle/1")
    findings.add({ what: "format_unknown", expected: "tracewire-bundle/1", actual: shown(bundle.format) });
  for (const member of ["made_at", "subject"] as const)
    if (typeof bundle[member] === "string") report[member] = bundle[member];
    else findings.add({ what: "member_malformed", expected: member });
  checkManifest(bundle, findings);

  const own = typeof bundle.verifier_key === "string" ? readPublicKey(bundle.verifier_key) : undefined;
  const pinned = pinnedText === undefined ? undefined : readPublicKey(pinnedText.trim());
  if (!own) findings.add({ what: "key_malformed" });
  if (pinnedText !== undefined && !pinned) findings.add({ what: "pinned_key_malformed" });
  else if (pinned && own && own.text !== pinned.text) findings.add({ what: "unknown_key", expected: pinned.text, actual: own.text });
  const key = pinnedText === undefined ? own : pinned;
  report.key.verifier_key = key?.text ?? "";

  const root = checkCheckpoint(bundle.checkpoint, key, report, findings);
  const captured = checkEntries(bundle.entries, root, report, findings);
  checkBlobs(bundle.blobs, captured, report, findings);
  for (const item of list(bundle.left_out, "left_out", ENTRIES_MAX, findings))
    if (isObject(item) && typeof item.what === "string" && typeof item.why === "string")
      report.left_out.push({ what: item.what, why: item.why });
    else findings.add({ what: "member_malformed", expected: "left_out" });
}

function checkManifest({ manifest_sha256, ...rest }: JsonObject, findings: Findings): void {
  const spelled = spell(rest);
  if (spelled === undefined) return findings.add({ what: "bundle_not_canonical" });
  const actual = sha256(spelled).toString("hex");
  if (actual !== manifest_sha256) findings.add({ what: "manifest_mismatch", expected: shown(manifest_sha256), actual });
}

function checkCheckpoint(note: unknown, key: PublicKey | undefined, report: BundleReport, findings: Findings): Buffer | undefined {
  if (!key) return undefined;
  const read = typeof note === "string" ? readNote(note, key) : ({ outcome: "malformed" } as const);
  if (read.outcome !== "valid") return void findings.add({ what: `checkpoint_${read.outcome}` });
  report.size = read.size;
  report.root = read.root.toString("hex");
  return read.root;
}

/** Checks each entry on its own; returns the byte count that proven captures state for each SHA-256. */
function checkEntries(value: unknown, root: Buffer | undefined, report: BundleReport, findings: Findings): Map<string, number> {
  const captured = new Map<string, number>();
  const seen = new Set<number>();
  for (const entry of list(value, "entries", ENTRIES_MAX, findings)) {
    const seq = isObject(entry) ? entry.seq : undefined;
    if (!isObject(entry) || typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 0) {
      findings.add({ what: "entry_malformed" });
      continue;
    }
    if (seen.has(seq)) findings.add({ what: "entry_duplicate", index: seq });
    seen.add(seq);
    const salt = typeof entry.salt === "string" ? decodeBase64(entry.salt) : undefined;
    const proof = readProof(entry.proof);
    if (salt?.length !== 32 || typeof entry.body !== "string" || !proof || Object.keys(entry).length !== 4) {
      findings.add({ what: "entry_malformed", index: seq });
      continue;
    }
    const body = Buffer.from(entry.body);
    const read = readCanonicalObject(body);
    if ("why" in read) {
      findings.add({ what: "body_not_canonical", index: seq, actual: read.why });
      continue;
    }
    // Without a root that somebody signed there is nothing to prove; the checkpoint's finding says so.
    if (!root) continue;
    if (!checkInclusion(seq, report.size, hashLeaf(sha256(salt, body)), proof, root)) {
      findings.add({ what: "proof_mismatch", index: seq });
      continue;
    }
    report.entries += 1;
    const { kind, sha256: named, byte_count } = read.value;
    if (kind === "capture" && typeof named === "string") captured.set(named, Number(byte_count));
  }
  return captured;
}

function checkBlobs(value: unknown, captured: Map<string, number>, report: BundleReport, findings: Findings): void {
  const seen = new Set<string>();
  for (const blob of list(value, "blobs", BLOBS_MAX, findings)) {
    const bytes = isObject(blob) && typeof blob.base64 === "string" ? decodeBase64(blob.base64) : undefined;
    if (
      !isObject(blob) ||
      typeof blob.sha256 !== "string" ||
      typeof blob.media_type !== "string" ||
      !bytes ||
      Object.keys(blob).length !== 3
    ) {
      findings.add({ what: "blob_malformed" });
      continue;
    }
    const name = blob.sha256;
    const actual = sha256(bytes).toString("hex");
    if (seen.has(name)) findings.add({ what: "blob_duplicate", expected: shown(name) });
    else if (actual !== name) findings.add({ what: "blob_damaged", expected: shown(name), actual });
    else if (!captured.has(name)) findings.add({ what: "blob_not_captured", actual });
    else if (captured.get(name) !== bytes.length)
      findings.add({ what: "blob_size_mismatch", expected: String(captured.get(name)), actual: String(bytes.length) });
    else report.blobs += 1;
    seen.add(name);
  }
}

function readProof(value: unknown): Buffer[] | undefined {
  if (!Array.isArray(value) || value.length > PROOF_MAX) return undefined;
  const hashes = value.map((step: unknown) => (typeof step === "string" ? decodeBase64(step) : undefined));
  return hashes.every((hash): hash is Buffer => hash?.length === 32) ? hashes : undefined;
}

function list(value: unknown, name: string, max: number, findings: Findings): unknown[] {
  if (Array.isArray(value) && value.length <= max) return value;
  findings.add({ what: Array.isArray(value) ? "too_many" : "member_malformed", expected: name });
  return [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return String(typeof value === "string" ? value : typeof value).slice(0, REASON_CHARS_MAX);
}
