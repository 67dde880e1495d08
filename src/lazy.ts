// Loading a module when it is first needed, and synchronously. Schemas are only needed at the door where something new
// comes in; a site that only reads would otherwise carry their library (a fifth of its memory) for nothing.
import { createRequire } from "node:module";

/** `module` is relative to `parent` (import.meta.url). Node loads an ES module through require when nothing in it awaits. */
export function lazily<T>(parent: string, module: string): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= createRequire(parent)(module) as T);
}
