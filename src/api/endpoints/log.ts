// The log: entries as far as they are released, the signed checkpoint, and proofs that need no trust in this server.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import { consistencyProof, entryProof, publicEntry } from "../../site/site.ts";
import { endpoint } from "../endpoint.ts";
import { pageThrough } from "../paging.ts";
import { closed, entryNumber, listQuery, logSize, named, oneOf, pageOf, text } from "../schemas.ts";

const STATES = ["released", "not released", "erased"] as const;
const hash = (description: string) => text(description, { pattern: "^[0-9a-f]{64}$" });

const entrySchema = named(
  "LogEntry",
  Type.Object(
    {
      entry: entryNumber,
      state: oneOf(STATES),
      leaf: hash("SHA-256 of salt and content"),
      kind: Type.Optional(text("What it is")),
      at: Type.Optional(text("When it was logged (UTC)")),
      erased_by: Type.Optional(entryNumber),
      body: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "Its content, where it is released" })),
    },
    closed,
  ),
);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const proof = Type.Array(hash("A hash of the path"));

export const logEndpoints = [
  endpoint({
    method: "GET",
    path: "/log",
    group: "log",
    about: "Entries of the log in order; of one that is not released only that it is there.",
    query: listQuery({ kind: Type.Optional(text("Only released entries of this kind", { maxLength: 40 })) }),
    answer: pageOf(entrySchema),
    async run(context, { query }) {
      const { log, at } = context;
      const page = await pageThrough(context, "/log", query, (after, count) => {
        const from = ((after as number | undefined) ?? -1) + 1;
        const chosen =
          query.kind === undefined
            ? Array.from({ length: Math.max(0, Math.min(count, at.log_size - from)) }, (_, place) => from + place)
            : log.db
                .prepare("SELECT seq FROM entry_index WHERE kind = ? AND seq >= ? AND seq < ? AND released < ? ORDER BY seq LIMIT ?")
                .all(query.kind, from, at.log_size, at.log_size, count)
                .map(({ seq }) => seq as number);
        return chosen.map((seq) => publicEntry(log, seq));
      }, ({ seq }) => seq);
      return { body: { ...page, items: page.items.map(({ seq, leaf, state, kind, at: logged, body, erased_by }) => ({ entry: seq, state, leaf: hex(leaf), kind, at: logged, erased_by, body })) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/log/checkpoint",
    group: "log",
    about: "The newest signed checkpoint (C2SP tlog-checkpoint) and the key that signs.",
    answer: Type.Object({ log_size: logSize, root: hash("Root of the log"), checkpoint: text("Signed note"), verifier_key: text("C2SP verifier key") }, closed),
    run({ log, verifierKey }) {
      const size = log.size();
      return { body: { log_size: size, root: log.root(size), checkpoint: log.checkpoint(size), verifier_key: verifierKey } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/log/consistency",
    group: "log",
    about: "A proof that the log of one size continues the log of a smaller one (RFC 6962).",
    query: Type.Object({ from: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), to: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })) }, closed),
    answer: Type.Object({ from: Type.Integer(), to: Type.Integer(), from_root: hash("Root of the smaller"), to_root: hash("Root of the larger"), proof }, closed),
    run({ log }, { query }) {
      const size = log.size();
      const { from, to = size } = query;
      if (from > to || to > size) throw new TracewireError("BAD_ARGUMENT", { what: `from ${from} to ${to}: sizes of this log go from 0 to ${size}, the smaller first` });
      return { body: consistencyProof(log, from, to) };
    },
  }),
  endpoint({
    method: "GET",
    path: "/log/{entry}",
    group: "log",
    about: "One entry with all that is needed to check it elsewhere: salt, content, leaf, path, checkpoint and key (docs/check-a-proof.md).",
    params: Type.Object({ entry: entryNumber }, closed),
    answer: Type.Object(
      {
        seq: entryNumber,
        size: logSize,
        state: oneOf(STATES),
        salt: Type.Optional(text("base64")),
        body: Type.Optional(text("The content's bytes as text")),
        leaf: hash("The leaf"),
        proof,
        root: hash("Root of the log of `size`"),
        checkpoint: text("Signed note"),
        verifier_key: text("C2SP verifier key"),
        origin: text("Name of the log"),
        public_key_pem: text("The key as PEM"),
      },
      closed,
    ),
    run({ log, verifierKey }, { params }) {
      const size = log.size();
      if (params.entry >= size) throw new TracewireError("NOT_FOUND", { what: `There is no entry ${params.entry}; the log has ${size}` });
      return { body: entryProof(log, verifierKey, params.entry, size) };
    },
  }),
];
