// The mail side of a running site: people.db, the sign-up desk, the local sink and the worker, opened and closed together.
import type { MailSettings } from "../config.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import {
  openMailSink,
  openMailer,
  openPeople,
  openPostOffice,
  noteSiteAddress,
  openSignUpDesk,
  otherSites,
  requireMailSettings,
  type Correction,
  type MailSink,
  type PostOffice,
  type SignUpDesk,
} from "../newsletter/newsletter.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { listCorrections } from "../press/press.ts";
import type { CommandContext } from "./command.ts";

/** Older corrections were mailed when they were new. */
const CORRECTIONS_MAX = 200;

export type MailWorker = { signUp: SignUpDesk; mailSink?: MailSink; start(base_url: string): Promise<void>; stop(): Promise<void> };

export function listMailedCorrections(log: LogReader): readonly Correction[] {
  return listCorrections(log, { limit: CORRECTIONS_MAX });
}

/** Undefined where people.db cannot be written: the site is then served without a newsletter. */
export function openMailWorker(context: CommandContext, newsroom: NewsroomReader): MailWorker | undefined {
  const settings: MailSettings = { ...context.config.mail };
  requireMailSettings(settings);
  let people: ReturnType<typeof openPeople>;
  try {
    people = openPeople(newsroom.folder, context.effects);
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    context.output.note(`No newsletter: ${error.message}`);
    return undefined;
  }
  let office: PostOffice | undefined;
  return {
    signUp: openSignUpDesk(people, () => office?.wake()),
    mailSink: settings.smtp_url ? undefined : openMailSink(people),
    async start(address) {
      // A port that was left to the system is known only now.
      if (settings.base_url_is_guess) settings.base_url = address;
      for (const other of otherSites(people))
        context.output.note(`Another site runs from this folder already, at ${other.address} (process ${other.pid}). Both serve it, and each thing that is due is done once; links in letters lead to the first.`);
      noteSiteAddress(people, address);
      office = openPostOffice({
        people,
        mailer: await openMailer(people, settings),
        settings,
        log: newsroom.log,
        corrections: listMailedCorrections,
        onFault: (error) => context.output.note(`The mail worker met a fault and goes on: ${error instanceof Error ? error.message : String(error)}`),
      });
      office.start();
    },
    async stop() {
      await office?.stop();
      noteSiteAddress(people, undefined);
      people.close();
    },
  };
}
