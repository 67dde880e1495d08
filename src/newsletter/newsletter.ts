// The door of the newsletter room: people, sign-up, issues, the outbox and its worker, bounces, corrections by mail.
import type { MailSettings } from "../config.ts";
import { openSinkMailer, type Mailer } from "./mailer.ts";
import { senderDomain } from "./message-words.ts";
import type { People } from "./people-store.ts";

export { PEOPLE_FILE, openPeople, peopleStatus, type People } from "./people-store.ts";
export { openSignUpDesk, type Preferences, type SignUpDesk } from "./sign-up-desk.ts";
export { SIGN_UP_LIMITS } from "./sign-up-limits.ts";
export { openMailSink, type Mailer, type MailSink, type SinkMail } from "./mailer.ts";
export { composeDraft, draftForms, readDraft, requireDraft, STORIES_MAX, type Draft, type StoryChoice } from "./draft-issue.ts";
export { audienceOf, sendDraft, sentForms, waitOf, type Audience } from "./issues.ts";
export { FORM_BYTES_MAX, formHashes, issueForms, withPersonalLinks, type Forms } from "./issue-forms.ts";
export { issuesView, listIssues, readIssue, type Issue } from "./issues-view.ts";
export { listAffectedIssues, type AffectedIssue } from "./affected-issues.ts";
export { listInDoubt, outboxStatus, resolveDoubt, type InDoubt, type OutboxStatus } from "./outbox.ts";
export { openPostOffice, type PostOffice, type PostOfficeOptions, type RunReport } from "./post-office.ts";
export { checkDomain, checkMailDomain, txtResolver, type DomainCheck, type DomainFinding } from "./check-domain.ts";
export { applyBounce, readBounce, type Bounce } from "./read-bounce.ts";
export { networkPart, parseAddress } from "./address.ts";
export { MAIL_SETTINGS_HINT, mailProblems, readDkimKey, requireMailSettings } from "./mail-settings.ts";
export { linkSettings, noteSiteAddress, otherSites, type RunningSite } from "./site-address.ts";
export { sendTest } from "./test-copy.ts";
export { queueAccountLetter } from "./account-letters.ts";
export { foreseeCorrection, queueCorrection, type Correction } from "./correction-mail.ts";

/** SMTP where a server is set, else the local sink. The mail library is loaded only for the first. */
export async function openMailer(people: People, settings: MailSettings): Promise<Mailer> {
  if (!settings.smtp_url) return openSinkMailer(people);
  const { openSmtpMailer } = await import("./smtp-mailer.ts");
  return openSmtpMailer({ url: settings.smtp_url, name: senderDomain(settings) });
}
