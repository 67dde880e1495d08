// The door of the attribution room: who uses which name for whom, and what two groups share. Nothing here merges two
// names or two groups: a name is an organisation's word for what it sees, and shared is never the same.
export { readBlame, readDenials, type Blame, type Denial } from "./blame.ts";
export { compareHeadings, foldName, headingsOf, nameSlug, readNames, type Heading, type HeadingRelation, type NameUse } from "./names.ts";
export {
  BANDS,
  ITEM_WEIGHTS,
  listGroups,
  listOverlaps,
  readGroups,
  scoreOverlap,
  type Evidence,
  type Group,
  type ItemKind,
  type Overlap,
  type SharedItem,
} from "./overlap.ts";
