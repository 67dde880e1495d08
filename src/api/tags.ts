// Tags that the caller may see: released ones, and with the scope their own. One book a state of the log; GraphSense's
// shapes ask for all of a currency, and so for the rows.
import { chainsOfSymbol, findChain, isChainId } from "../chains/chains.ts";
import { findDataset, listDatasets, readRows } from "../datasets/datasets.ts";
import { openTagBook, type Tag } from "../tracing/tracing.ts";
import type { ApiContext } from "./endpoint.ts";

/** Fields of a TagPack; "" where its source states none. */
export type TagRow = { address: string; currency: string; label: string; category: string; abuse: string; actor: string; source: string; confidence: string; lastmod: string; pack: string };

const evidenceOf = ({ caller }: ApiContext) => (caller.scopes.has("tags:own") ? ("all" as const) : ("released" as const));

export function tagsOfAddress(context: ApiContext, spellings: ReadonlySet<string>): Tag[] {
  const evidence = evidenceOf(context);
  const book = context.memo(`tag book ${evidence}`, () => openTagBook(context.log, { log_size: context.at.log_size, evidence }));
  const found = [...spellings].flatMap((spelling) => book.tagsOf(spelling));
  return [...new Map(found.map((tag) => [`${tag.entry} ${tag.row}`, tag])).values()];
}

const isTagTable = (name: string): boolean => name === "tagpack/tags" || name.startsWith("tags/");

export function visibleTags(context: ApiContext): readonly TagRow[] {
  const { log, at } = context;
  const evidence = evidenceOf(context);
  return context.memo(`tag rows ${evidence}`, () =>
    [...new Set(listDatasets(log, at.log_size).map(({ name }) => name))].filter(isTagTable).flatMap((name) => {
      const dataset = findDataset(log, name, at.log_size, evidence, at.as_of);
      return (dataset ? readRows(log, dataset) : []).map((row): TagRow => {
        const cell = (column: string) => row[column] ?? "";
        return {
          address: cell("address"),
          currency: cell("currency") || cell("chain"),
          label: cell("label"),
          category: cell("category"),
          abuse: cell("abuse"),
          actor: cell("actor"),
          source: cell("source"),
          confidence: cell("confidence"),
          lastmod: cell("lastmod") || cell("since"),
          pack: cell("pack") || dataset!.title,
        };
      });
    }),
  );
}

export const chainsOfTag = (currency: string): string[] => (isChainId(currency) ? [findChain(currency)!.id] : chainsOfSymbol(currency).map(({ id }) => id));

/** Tags of one currency, by address. */
export const tagsByAddress = (context: ApiContext, chains: readonly string[]): Map<string, TagRow[]> =>
  context.memo(`tags ${evidenceOf(context)} ${chains.join(" ")}`, () =>
    Map.groupBy(
      visibleTags(context).filter(({ currency }) => chainsOfTag(currency).some((id) => chains.includes(id))),
      ({ address }) => address,
    ),
  );
