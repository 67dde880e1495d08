// The webhook side of a running site. It looks for the file each time: a webhook that is added while the site runs is told.
import { TracewireError } from "../errors.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { openWebhookSender, openWebhookStore, webhooksExist, type WebhookSender, type WebhookStore } from "../webhooks/webhooks.ts";
import type { CommandContext } from "./command.ts";

const LOOK_FOR_FILE_MS = 1_000;

export function startWebhooks({ config, effects, output }: CommandContext, newsroom: NewsroomReader): { stop(): Promise<void> } {
  let open: { store: WebhookStore; sender: WebhookSender } | undefined;
  const timer = setInterval(() => {
    if (open || !webhooksExist(newsroom.folder)) return;
    clearInterval(timer);
    try {
      const store = openWebhookStore(newsroom.folder, effects);
      const sender = openWebhookSender({ store, log: newsroom.log, base_url: config.base_url, clock: effects.clock, note: (line) => output.note(line) });
      open = { store, sender };
      sender.start();
    } catch (error) {
      if (!(error instanceof TracewireError)) throw error;
      output.note(`Webhooks are not told: ${error.message}`);
    }
  }, LOOK_FOR_FILE_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await open?.sender.stop();
      open?.store.close();
    },
  };
}
