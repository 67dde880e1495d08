// A correction reaches those who were sent what was wrong, and nobody else: whoever received, in an issue or in an earlier
// correction, a revision that held the mistaken sentence, and is subscribed. Who left and came back still has our letter.
import type { LogReader } from "../evidence/evidence.ts";
import { revisionsCorrected, toldOnce, type Correction as PressCorrection } from "../press/press.ts";
import { FORM_BYTES_MAX, escape, formBytes, wrap, type Forms } from "./issue-forms.ts";
import { storeMail } from "./issues.ts";
import { letterHtml, link } from "./letters.ts";
import { queueMail } from "./outbox.ts";
import type { People } from "./people-store.ts";

/** What a letter needs of a correction; the press room's own type has it and more. */
export type Correction = Pick<
  PressCorrection,
  "seq" | "at" | "slug" | "headline" | "from_revision" | "to_revision" | "kind" | "what" | "sentences"
>;

const SENTENCES_MAX = 12;

/** Queues the letter for everyone it concerns who does not have it yet; returns how many that were. May be repeated. */
export function queueCorrection(people: People, log: Pick<LogReader, "db">, base: string, correction: Correction): number {
  const { seq, slug, to_revision, kind } = correction;
  const mail = `correction:${seq}`;
  const reached = new Set(whoWasSent(people, log, correction, mail).map(({ person }) => person));
  if (reached.size === 0) return 0;
  return people.change(() => {
    // The letter says what stands there now, so that it is itself something that may have to be corrected.
    storeMail(people, mail, "correction", correctionForms(base, correction), kind === "withdrawal" ? [] : [{ slug, revision: to_revision }]);
    return [...reached].filter((person) => queueMail(people, mail, "correction", person)).length;
  });
}

type Mistake = Pick<Correction, "slug" | "from_revision" | "sentences">;

/** Who received a revision that held the mistaken words, by which letter; without those who have `mail` already. */
function whoWasSent(people: People, log: Pick<LogReader, "db">, mistake: Mistake, mail: string): { person: number; mail: string }[] {
  // Received means sent: a row in doubt counts once a person has said that it arrived.
  const received = people.db
    .prepare(
      `SELECT DISTINCT o.person, o.mail, s.revision FROM outbox o
       JOIN mail_stories s ON s.mail = o.mail AND s.slug = ? AND s.revision <= ?
       JOIN people p ON p.id = o.person AND p.state = 'subscribed'
       WHERE o.state = 'sent' AND NOT EXISTS (SELECT 1 FROM outbox own WHERE own.mail = ? AND own.person = o.person)
       ORDER BY o.person`,
    )
    .all(mistake.slug, mistake.from_revision, mail) as { person: number; mail: string; revision: number }[];
  if (received.length === 0) return [];
  const wrong = new Set(revisionsCorrected(log, mistake));
  return received.filter(({ revision }) => wrong.has(revision));
}

/** Whom a correction that nobody has made yet would reach: how many readers, and the letters that they were sent ("issue:3"). */
export function foreseeCorrection(people: People, log: Pick<LogReader, "db">, mistake: Mistake): { readers: number; letters: string[] } {
  const sent = whoWasSent(people, log, mistake, "");
  return { readers: new Set(sent.map(({ person }) => person)).size, letters: [...new Set(sent.map(({ mail }) => mail))].sort() };
}

/** With as many of the changed sentences as a letter may hold. */
export function correctionForms(base: string, correction: Correction): Forms {
  const told = { ...correction, sentences: toldOnce(correction.sentences) };
  for (let shown = Math.min(told.sentences.length, SENTENCES_MAX); ; shown--) {
    const forms = formsShowing(base, told, shown);
    if (shown === 0 || formBytes(forms) <= FORM_BYTES_MAX) return forms;
  }
}

function formsShowing(base: string, correction: Correction, count: number): Forms {
  const { slug, headline, kind, what, sentences, to_revision } = correction;
  const isWithdrawal = kind === "withdrawal";
  const opening = isWithdrawal ? "We have withdrawn a story that we sent you:" : "We have corrected a story that we sent you:";
  const reason = isWithdrawal ? `Why: ${what}` : `What was wrong: ${what}`;
  const href = `${base}/stories/${slug}${isWithdrawal ? "" : `/revisions/${to_revision}`}`;
  const shown = sentences.slice(0, count);
  const more = sentences.length - shown.length;
  const moreLine = more > 0 ? `${more} more changed; the story's page shows all.` : "";
  const text = [
    wrap(opening),
    wrap(headline),
    wrap(reason),
    ...shown.map(({ was, now }) => `${wrap(was ? `It said: ${was}` : "It did not say before:")}\n${wrap(now ? `It says now: ${now}` : "That sentence is gone.")}`),
    moreLine,
    `${isWithdrawal ? "Its page, with what was printed" : "The story as it stands now"}: ${href}`,
  ];
  const html = letterHtml(isWithdrawal ? "A story was withdrawn" : "A correction", [
    escape(opening),
    `<strong>${escape(headline)}</strong>`,
    escape(reason),
    ...shown.map(
      ({ was, now }) => `${was ? `It said: <del>${escape(was)}</del>` : "It did not say before:"}<br>${now ? `It says now: ${escape(now)}` : "That sentence is gone."}`,
    ),
    ...(moreLine ? [escape(moreLine)] : []),
    link(href, isWithdrawal ? "Its page, with what was printed" : "The story as it stands now"),
  ]);
  return { subject: `${isWithdrawal ? "Withdrawn" : "Correction"}: ${headline}`, text: `${text.filter(Boolean).join("\n\n")}\n`, html };
}
