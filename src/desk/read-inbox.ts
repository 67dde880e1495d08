// Works through the inbox, one item at a time: fetches what was only named, reads the text in a limited child, and writes
// down what came of it. An item that was cancelled meanwhile is left as it is.
import { TracewireError } from "../errors.ts";
import { extractText, type BlobStore, type Egress } from "../evidence/evidence.ts";
import type { Inbox, InboxItem } from "./inbox.ts";

export const CAPTURE_BYTES_MAX = 50 * 2 ** 20;

export type InboxReader = {
  /** There may be something to do. */
  wake(): void;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

export type InboxReaderOptions = {
  inbox: Inbox;
  blobs: Pick<BlobStore, "put" | "get">;
  egress: Egress;
  /** An item was cancelled while these bytes were on their way. */
  forget(sha256: string): void;
  /** A fault of ours, for the administrator; the item is marked as failed and the next one is taken. */
  report(error: unknown): void;
};

export function openInboxReader({ inbox, blobs, egress, forget, report }: InboxReaderOptions): InboxReader {
  let stopping = false;
  let running: Promise<void> | undefined;

  const fetchItem = async (item: InboxItem): Promise<Uint8Array> => {
    const fetched = await egress(item.url!, { bytes_max: CAPTURE_BYTES_MAX });
    if (fetched.status < 200 || fetched.status > 299) throw new TracewireError("EGRESS_FAILED", { what: `It answered ${fetched.status}` });
    const { sha256 } = blobs.put(fetched.bytes);
    const { final_url, status, headers, hops, retrieved_at, declared_media_type = null } = fetched;
    const origin = { ...item.origin, final_url, status, headers, hops };
    const isWanted = inbox.move(item.id, ["fetching"], "reading", { sha256, byte_count: fetched.bytes.length, origin, retrieved_at, declared_media_type });
    if (!isWanted) forget(sha256);
    return fetched.bytes;
  };

  const readItem = async (item: InboxItem): Promise<void> => {
    try {
      const bytes = item.sha256 === null ? await fetchItem(item) : blobs.get(item.sha256);
      if (!bytes) throw new TracewireError("NOT_FOUND", { what: "Its bytes are not here any more" });
      if (bytes.length === 0) throw new TracewireError("BAD_INPUT", { what: "There are no bytes in it" });
      const { declared_media_type } = inbox.find(item.id)!;
      const text = await extractText(bytes, { declared_media_type: declared_media_type ?? undefined, file_name: item.origin.name });
      // Bytes without text are evidence all the same.
      const outcome = text.outcome === "text" ? { text_chars: text.text.length } : { reason: text.reason };
      inbox.move(item.id, ["reading"], "read", outcome);
    } catch (error) {
      if (!(error instanceof TracewireError)) report(error);
      const reason = error instanceof TracewireError ? `${error.message}. ${error.hint}` : "A fault of ours; it is in the log of errors.";
      inbox.move(item.id, ["fetching", "reading"], "failed", { reason });
    }
  };

  const run = async (): Promise<void> => {
    for (let item = inbox.take(); item; item = stopping ? undefined : inbox.take()) await readItem(item);
  };
  const wake = () => {
    if (stopping || running) return;
    running = run()
      .catch(report)
      .finally(() => {
        running = undefined;
      });
  };
  inbox.recover();
  wake();
  return {
    wake,
    async idle() {
      do {
        wake();
        await running;
      } while (inbox.list().some(({ state }) => state === "waiting"));
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}
