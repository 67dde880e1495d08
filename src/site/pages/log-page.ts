// The log in public: its size and signed checkpoint, its entries (what is released of them), proofs, and the C2SP tiles.
import { createPublicKey } from "node:crypto";
import { TracewireError } from "../../errors.ts";
import { openCheckpoint, parseTilePath, tileBytes, type LogReader } from "../../evidence/evidence.ts";
import { isPrivateClaim } from "../../casefile/casefile.ts";
import { csvAnswer, htmlType, jsonAnswer, jsonList } from "../answers.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { dayOf, figureHref, formatDay, plural, revisionHref } from "../words.ts";
import { subjectHref } from "./case.ts";

const ENTRIES_SHOWN = 50;
/** A publication's body is long; its JSON has all of it. */
const BODY_CHARS_SHOWN = 12_000;
const text = "text/plain; charset=utf-8";
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

export const logRoutes: Route[] = [
  {
    path: "/log.csv",
    about: "A page of the log's entries as CSV.",
    query: ["from"],
    render: (context, { query }) => csvAnswer("log.csv", COLUMNS, shownEntries(context, query).entries.map(cells), ["log"]),
  },
  {
    path: "/log.json",
    about: "A page of the log's entries as JSON.",
    query: ["from"],
    render: (context, { query }) => jsonList(context.log_size, COLUMNS, shownEntries(context, query).entries.map(cells), ["log"]),
  },
  {
    path: "/log",
    about: "The log: size, root, signed checkpoint, newest entries.",
    query: ["from"],
    render: (context, { query, path }) => logPage(context, query, path),
  },
  {
    path: "/log/checkpoint",
    about: "The signed checkpoint (C2SP tlog-checkpoint).",
    render: ({ log }) => ({ content_type: text, body: log.checkpoint(), depends: ["log"] }),
  },
  {
    path: "/log/key",
    about: "The public key that checkpoints are signed with (C2SP verifier key).",
    render: ({ verifierKey }) => ({ content_type: text, body: `${verifierKey}\n`, depends: [] }),
  },
  {
    path: "/log/consistency",
    about: "A proof that the log of size `to` continues the log of size `from`.",
    query: ["from", "to"],
    render: (context, { query }) => consistency(context, query),
  },
  {
    path: "/log/tile/*",
    about: "The log as static files (C2SP tlog-tiles): hashes and leaf data.",
    render: (context, { params }) => tile(context, params["*"]!),
  },
  {
    path: "/log/:seq",
    about: "One entry: its content where released, its leaf, its proof; with .json behind the number: all that is needed to check it.",
    render(context, { params, path }) {
      const match = /^(0|[1-9]\d{0,11})(\.json)?$/.exec(params.seq!);
      const seq = Number(match?.[1]);
      if (!match || seq >= context.log_size) return undefined;
      return match[2] ? entryJson(context, seq) : entryPage(context, seq, path);
    },
  },
];

export type PublicEntry = {
  seq: number;
  leaf: Uint8Array;
  state: "released" | "not released" | "erased";
  kind?: string;
  at?: string;
  body?: Record<string, unknown>;
  salt?: Uint8Array;
  bytes?: Uint8Array;
  erased_by?: number;
};

/** An entry as the public may see it: of one that is not released, only its leaf. */
export function publicEntry(log: LogReader, seq: number): PublicEntry {
  const entry = log.read(seq)!;
  const index = log.db.prepare("SELECT kind, at, released, erased FROM entry_index WHERE seq = ?").get(seq);
  if (index?.erased != null) return { seq, leaf: entry.leaf, state: "erased", erased_by: index.erased as number };
  if (index?.released == null || !entry.body || isPrivateClaim(entry.body)) return { seq, leaf: entry.leaf, state: "not released" };
  return {
    seq,
    leaf: entry.leaf,
    state: "released",
    kind: index.kind as string,
    at: index.at as string,
    body: entry.body,
    salt: entry.salt,
    bytes: entry.bytes,
  };
}

const COLUMNS = ["entry", "state", "kind", "at", "leaf"] as const;

function cells({ seq, state, kind, at, leaf }: PublicEntry): (string | number | null)[] {
  return [seq, state, kind ?? null, at ?? null, hex(leaf)];
}

/** The page of entries that ends at `from`, newest first. */
function shownEntries(
  { log, log_size: size }: SiteContext,
  query: URLSearchParams,
): { first: number; last: number; entries: PublicEntry[] } {
  const asked = query.get("from");
  if (asked !== null && !/^\d{1,12}$/.test(asked))
    throw new TracewireError("BAD_ARGUMENT", { what: `from: “${asked.slice(0, 40)}” is not a number of an entry` });
  const last = Math.min(asked === null ? size - 1 : Number(asked), size - 1);
  const first = Math.max(0, last - ENTRIES_SHOWN + 1);
  return { first, last, entries: Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => publicEntry(log, last - at)) };
}

function logPage(context: SiteContext, query: URLSearchParams, path: string): Page {
  const { log, log_size: size } = context;
  const { first, last, entries } = shownEntries(context, query);
  const tail = query.has("from") ? `?from=${last}` : "";
  const body = html`<p class="label">The log</p>
<h1>Everything that happened, in order</h1>
<p class="standfirst">Sources, claims, judgements, releases and published revisions are entries of one log, to which entries are only ever added. Each state of it is signed. Anyone who
keeps a checkpoint can prove later that something was changed.</p>
<dl class="facts">
<div><dt>Size</dt><dd>${size.toLocaleString("en-US")} entries</dd></div>
<div><dt>Root</dt><dd><code>${log.root(size)}</code></dd></div>
<div><dt>Checkpoint</dt><dd><a href="/log/checkpoint">signed, to keep</a></dd></div>
<div><dt>Public key</dt><dd><a href="/log/key"><code>${context.verifierKey}</code></a></dd></div>
</dl>
<p>Of an entry that has not been released only its hash is shown: that it is there can be proved, what it says cannot be read. An erased entry leaves its hash and the entry that says why.
The way to check one proof with <code>openssl</code> and <code>sha256sum</code> alone is <a href="/docs/check-a-proof">in the documentation</a>; <code>npx tracewire verify</code> checks all of it.
These entries as <a href="/log.csv${tail}">CSV</a> and <a href="/log.json${tail}">JSON</a>.</p>
<section class="scroll" tabindex="0" aria-label="Entries">
<table class="data">
<thead><tr><th scope="col" class="num">Entry</th><th scope="col">What</th><th scope="col">When</th><th scope="col">Leaf</th></tr></thead>
<tbody>
${entries.map(
  (
    entry,
  ) => html`<tr><th scope="row" class="num"><a href="/log/${entry.seq}">${entry.seq.toLocaleString("en-US")}</a></th><td>${entry.state === "released" ? summary(entry) : entry.state === "erased" ? html`erased by <a href="/log/${entry.erased_by!}">entry ${entry.erased_by!.toLocaleString("en-US")}</a>` : "content not released"}</td><td>${entry.at && html`<time datetime="${entry.at}">${formatDay(dayOf(entry.at))}, ${entry.at.slice(11, 16)} UTC</time>`}</td><td><code>${hex(entry.leaf).slice(0, 16)}…</code></td></tr>
`,
)}</tbody>
</table>
</section>
<nav class="pages" aria-label="Other entries">${last < size - 1 && html`<a href="/log?from=${Math.min(size - 1, last + ENTRIES_SHOWN)}">Newer</a> `}${first > 0 && html`<a href="/log?from=${first - 1}">Older</a>`}</nav>`;
  return {
    content_type: htmlType,
    body: frame({
      title: "The log",
      description: `One append-only, signed log of ${size} entries: sources, claims, judgements, releases, published revisions.`,
      path,
      context,
      body,
      unlisted: tail !== "",
    }),
    depends: ["log"],
  };
}

/** What a released entry is about, with the way to its page. */
function summary({ kind, body }: PublicEntry): Html {
  switch (kind) {
    case "claim": {
      const claim = body!.claim as { subject: string; field: string; claimant: string };
      return html`claim: ${claim.field.replaceAll("_", " ")} of <a href="${subjectHref(claim.subject)}">${claim.subject}</a>, says ${claim.claimant}`;
    }
    case "capture":
      return html`capture: <a href="/evidence/${String(body!.sha256)}">${String(body!.title)}</a>`;
    case "dataset":
      return html`dataset: ${String(body!.name)}, ${plural(Number(body!.row_count), "row", "rows")}`;
    case "judgement":
      return html`judgement on <a href="${subjectHref(String(body!.subject))}">${String(body!.subject)}</a>: ${String(body!.verdict)}`;
    case "retraction":
      return html`retraction of <a href="/log/${Number(body!.entry)}">entry ${Number(body!.entry)}</a>: ${String(body!.why)}`;
    case "figure": {
      const spec = body!.spec as { id: string; title: string };
      return html`rules of the figure <a href="/figures/${spec.id}">${spec.title}</a>`;
    }
    case "stand":
      return html`${String(body!.what)} stands as of its day: ${String(body!.why)}`;
    case "restatement": {
      const to = body!.to as { log_size: string };
      return html`restatement of <a href="${figureHref(String(body!.figure), to.log_size)}">${String(body!.figure)}</a>`;
    }
    case "publication":
      return html`publication: <a href="${revisionHref(String(body!.slug), Number(body!.revision))}">${String(body!.slug)}</a>, revision ${Number(body!.revision)}`;
    case "release":
      return html`release of ${(body!.entries as unknown[]).length.toLocaleString("en-US")} entries`;
    case "erasure":
      return html`erasure of ${(body!.entries as unknown[]).length.toLocaleString("en-US")} entries: ${String(body!.reason)}`;
    default:
      return html`${kind}`;
  }
}

function entryPage(context: SiteContext, seq: number, path: string): Page {
  const entry = publicEntry(context.log, seq);
  const proof = context.log.inclusion(seq, context.log_size);
  const body = html`<p class="label"><a href="/log">The log</a></p>
<h1>Entry ${seq.toLocaleString("en-US")}</h1>
<p class="standfirst">${entry.state === "released" ? summary(entry) : entry.state === "erased" ? html`Erased; <a href="/log/${entry.erased_by!}">entry ${entry.erased_by!.toLocaleString("en-US")}</a> says why. Its place, and every proof over it, still stands.` : "Its content has not been released. That it is here, unchanged, can be proved all the same."}</p>
<dl class="facts">
${
  entry.at &&
  html`<div><dt>Logged</dt><dd><time datetime="${entry.at}">${formatDay(dayOf(entry.at))}, ${entry.at.slice(11, 19)} UTC</time> by ${String(entry.body!.by)}</dd></div>
`
}<div><dt>Leaf</dt><dd><code>${hex(entry.leaf)}</code> <span class="note">SHA-256 of salt and content</span></dd></div>
${
  entry.salt &&
  html`<div><dt>Salt</dt><dd><code>${hex(entry.salt)}</code></dd></div>
`
}<div><dt>In the log of</dt><dd>${context.log_size.toLocaleString("en-US")} entries, root <code>${context.log.root(context.log_size)}</code></dd></div>
</dl>
${entry.body ? html`<section><h2>What it says</h2><pre class="text" tabindex="0">${JSON.stringify(entry.body, null, 2).slice(0, BODY_CHARS_SHOWN)}</pre></section>` : nothing}
<section><h2>Its proof</h2>
<p><a href="/log/${seq}.json">All that is needed to check it, as JSON</a>: salt, content, leaf, path, signed checkpoint and key. Save it, switch our server off, and follow <a href="/docs/check-a-proof">the steps of checking a proof</a>
with <code>openssl</code> and <code>sha256sum</code>.</p>
<details><summary>${proof.length} hashes from the leaf to the root</summary><ol>${proof.map((hash) => html`<li><code>${hex(hash)}</code></li>`)}</ol></details></section>
<nav class="pages" aria-label="Other entries">${seq > 0 && html`<a href="/log/${seq - 1}">Entry before</a> `}${seq + 1 < context.log_size && html`<a href="/log/${seq + 1}">Entry after</a>`}</nav>`;
  return {
    content_type: htmlType,
    body: frame({
      title: `Entry ${seq} of the log`,
      description: `Entry ${seq} of the log, with its proof.`,
      path,
      context,
      body,
      unlisted: true,
    }),
    depends: ["log"],
  };
}

function entryJson({ log, log_size, verifierKey }: SiteContext, seq: number): Page {
  return jsonAnswer(entryProof(log, verifierKey, seq, log_size), ["log"]);
}

/** All that is needed to check with other programs that an entry stands in the log of `size` (docs/check-a-proof.md). */
export function entryProof(log: LogReader, verifierKey: string, seq: number, size: number) {
  const entry = publicEntry(log, seq);
  const opened = openCheckpoint(log.checkpoint(), verifierKey);
  return {
    seq,
    size,
    state: entry.state,
    ...(entry.salt && entry.bytes ? { salt: Buffer.from(entry.salt).toString("base64"), body: Buffer.from(entry.bytes).toString("utf8") } : {}),
    leaf: hex(entry.leaf),
    proof: log.inclusion(seq, size).map(hex),
    root: log.root(size),
    checkpoint: log.checkpoint(),
    verifier_key: verifierKey,
    origin: opened.outcome === "valid" ? opened.checkpoint.origin : verifierKey.split("+")[0]!,
    public_key_pem: publicKeyPem(verifierKey),
  };
}

function publicKeyPem(verifierKey: string): string {
  const raw = Buffer.from(verifierKey.split("+").slice(2).join("+"), "base64").subarray(1);
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" })
    .export({ type: "spki", format: "pem" })
    .toString();
}

function consistency({ log, log_size }: SiteContext, query: URLSearchParams): Page {
  const [from, to] = ["from", "to"].map((name) => {
    const value = query.get(name) ?? (name === "to" ? String(log_size) : "");
    if (!/^\d{1,12}$/.test(value) || Number(value) > log_size)
      throw new TracewireError("BAD_ARGUMENT", { what: `${name}: “${value.slice(0, 40)}” is not a size of this log (0 to ${log_size})` });
    return Number(value);
  }) as [number, number];
  if (from > to) throw new TracewireError("BAD_ARGUMENT", { what: "from is larger than to" });
  return jsonAnswer(consistencyProof(log, from, to), ["log"]);
}

/** That the log of `to` entries continues the log of `from`. */
export const consistencyProof = (log: LogReader, from: number, to: number) => ({
  from,
  to,
  from_root: log.root(from),
  to_root: log.root(to),
  proof: log.consistency(from, to).map(hex),
});

function tile({ log, log_size }: SiteContext, path: string): Page | undefined {
  const name = parseTilePath(path);
  if (!name) return undefined;
  const span = name.level === "entries" ? 1 : 256 ** name.level;
  if (name.index * 256 + name.width > Math.floor(log_size / span)) return undefined;
  // A tile, full or partial, never changes: its leaves are in the log for good.
  return {
    content_type: "application/octet-stream",
    body: tileBytes(name, log.leaves),
    depends: [],
    headers: { "cache-control": "public, max-age=31536000, immutable" },
  };
}
