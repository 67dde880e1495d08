// Tags that the caller may see: released packs, and with the scope their own.
import { findDataset, readRows, type Row } from "../datasets/datasets.ts";
import { chainsOfSymbol } from "../chains/chains.ts";
import type { ApiContext } from "./endpoint.ts";

const TAGS = "tagpack/tags";

export function visibleTags({ log, at, caller }: ApiContext): readonly Row[] {
  const dataset = findDataset(log, TAGS, at.log_size, caller.scopes.has("tags:own") ? "all" : "released", at.as_of);
  return dataset ? readRows(log, dataset) : [];
}

export const tagsOfAddress = (context: ApiContext, spellings: ReadonlySet<string>): Row[] => visibleTags(context).filter(({ address }) => spellings.has(address!));

/** Tags of one currency, by address. */
export function tagsByAddress(context: ApiContext, chains: readonly string[]): Map<string, Row[]> {
  const scope = context.caller.scopes.has("tags:own") ? "own" : "public";
  return context.memo(`tags ${scope} ${chains.join(" ")}`, () =>
    Map.groupBy(
      visibleTags(context).filter(({ currency }) => chainsOfSymbol(currency ?? "").some(({ id }) => chains.includes(id))),
      ({ address }) => address!,
    ),
  );
}
