// Which addresses were spent together with one, change apart; kept as a dated set. The same as `tracewire cluster`.
import Type from "typebox";
import { can } from "../../accounts/accounts.ts";
import { TracewireError } from "../../errors.ts";
import { html } from "../../site/site.ts";
import { clusterForm } from "../cluster-form.ts";
import { when } from "../frame.ts";
import { deskRoute, type DeskRoute } from "../route.ts";
import { seenSets, wantedSets } from "../seen-sets.ts";
import { LIMIT_FIELDS, linesOf } from "../trace-form.ts";

const PAYJOINS_MAX = 1_000;
const ADDRESS = Type.String({ minLength: 1, maxLength: 200 });

export const clusterRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/clusters",
    about: "The form of a cluster, and those that one asked for.",
    rule: { for: "traces.write" },
    run(context) {
      const { who, questionJobs } = context;
      const own = questionJobs.list(who.user.handle).filter(({ question }) => question.kind === "cluster");
      const sets = seenSets(context).filter(({ kind }) => kind === "utxo");
      return {
        title: "Clusters",
        page: html`<h1>Clusters</h1>
<p class="hint"><a href="/desk/traces">Traces</a>. Which addresses were spent together with one, by which transactions; change apart, with its confidence. Of chains with outputs (Bitcoin and its kind).</p>
${sets.length === 0 && html`<p class="finding">No transactions with inputs and outputs are held yet. <a href="/desk/data">Take some in</a>: the format utxo, blocks, or a table of bitcoin-etl.</p>
`}${clusterForm({ who, sets })}${own.length > 0 && html`<h2>Yours</h2><ul class="board">${own.map(({ id, words, state, at }) => html`<li><a href="/desk/questions/${id}">${words}</a>: ${state}, ${when(at)}</li>
`)}</ul>`}`,
      };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/clusters",
    about: "Asks for the cluster of an address, or why two are together.",
    rule: { for: "traces.write" },
    form: Type.Object(
      {
        address: ADDRESS,
        why: Type.Optional(ADDRESS),
        chain: Type.Optional(Type.String({ maxLength: 80 })),
        payjoins: Type.Optional(Type.String({ maxLength: 100_000 })),
        strict: Type.Optional(Type.Literal("yes")),
        sets: LIMIT_FIELDS.sets,
      },
      { additionalProperties: false },
    ),
    run(context, { form: { address, why, chain, payjoins, strict, sets } }) {
      const known = linesOf(payjoins);
      if (known.length > PAYJOINS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `payjoins: at most ${PAYJOINS_MAX}`, where: "payjoins" });
      const { questionJobs, who, record } = context;
      const job = questionJobs.start(who.user.handle, {
        kind: "cluster",
        address: address.trim(),
        payjoins: known,
        strict: strict === "yes",
        ...(why === undefined ? {} : { why: why.trim() }),
        ...(chain === undefined ? {} : { chain }),
        ...wantedSets(context, sets),
      });
      record("cluster.ask", job.words);
      return { go: `/desk/questions/${job.id}` };
    },
  }),
  deskRoute({
    method: "POST",
    path: "/questions/:question/keep",
    about: "Asks for a cluster again and keeps it under a name; to make it public asks for `case.release` besides.",
    rule: { for: "traces.write", object: "question" },
    form: Type.Object({ id: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{1,60}$", maxLength: 61 }), release: Type.Optional(Type.Literal("yes")) }, { additionalProperties: false }),
    run({ questionJobs, who, record }, { params, form: { id, release } }) {
      if (release && !can(who.user.role, "case.release")) throw new TracewireError("NOT_ALLOWED", { what: "Making it public is for who releases" });
      const { question } = questionJobs.find(Number(params.question))!;
      if (question.kind !== "cluster" || question.why !== undefined) throw new TracewireError("BAD_ARGUMENT", { what: "Only a cluster is kept here", hint: "A trace is kept on its own page." });
      const job = questionJobs.start(who.user.handle, { ...question, keep: { id, release: release === "yes" } });
      record("cluster.keep", id);
      return { go: `/desk/questions/${job.id}` };
    },
  }),
];
