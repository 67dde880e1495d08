// What a page is made from and how it is found. A page gets a reader only: nothing here can write.
import type { TracewireError } from "../errors.ts";
import type { Capture, EvidenceReader } from "../evidence/evidence.ts";
import type { Vantage } from "../casefile/casefile.ts";
import type { Figure, NamedSpec } from "../figures/figures.ts";
import type { MailSink, SignUpDesk } from "../newsletter/newsletter.ts";
import type { Page } from "./page-store.ts";
import type { Gauges, Vitals } from "./vitals.ts";

export type SiteContext = EvidenceReader & {
  /** Where large sets of transfers lie beside the database. */
  folder: string;
  verifierKey: string;
  /** Scheme and host under which readers find the site, without a slash at its end: feeds and previews need it. */
  base_url: string;
  /** Where errors are reported, where one is set: a mail address or a page. */
  contact?: string;
  /** WebSub hub to which feeds point, where one is set. */
  hub?: string;
  /** Stories of one part of the sitemap, where it is not the default. */
  sitemap_part?: number;
  /** The log's size for this rendering; every read of the page is made at it. */
  log_size: number;
  /** What the reader asked to see: the newest, or "as known at" a size (`?known=`) and "as claimed by" a date (`?as-of=`). */
  at: Vantage & { is_newest: boolean };
  /** A figure at the page's vantage, computed once for each log size; undefined also where its rules have no answer. */
  figure(id: string): { named: NamedSpec; figure: Figure } | undefined;
  /** Of a figure that is defined and whose rules have no answer at the page's vantage: why. */
  unanswered(id: string): { named: NamedSpec; fault: TracewireError } | undefined;
  capture(id: string | number): Capture | undefined;
  /**
   * A part of a page that follows from the log alone, made once for each vantage and kept until one of the names in `on`
   * is touched (dependencies.ts); left out, by any entry.
   */
  memo<T>(key: string, make: () => T, on?: readonly string[]): T;
  now: string;
  vitals: Vitals;
  /** Pages that are kept ready now. */
  pagesReady(): number;
  /** What runs beside the site tells of itself. */
  gauges?: () => Gauges;
  deskState?: () => string;
  /** All that a reader can change: their own subscription. Absent where people.db cannot be written. */
  signUp?: SignUpDesk;
  /** Mails that were kept here because no SMTP server is set. */
  mailSink?: MailSink;
};

export type Request = {
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  /** The reader's network address: the socket's, or what a proxy on this machine says. For limits only. */
  remote: string;
  /** Asked from this very machine, and through no proxy. */
  isLocal: boolean;
};

export type Route = {
  /** Fastify pattern, e.g. /thefts/:id */
  path: string;
  /** One line for docs/routes.md; a test compares. */
  about: string;
  /** Query parameters that mean something here; others are ignored and never reach the page's key. */
  query?: readonly string[];
  render(context: SiteContext, request: Request): Page | undefined | Promise<Page | undefined>;
};

/** The size to which a page of the past looks; undefined for one of today. */
export const knownOf = (at: SiteContext["at"]): number | undefined => (at.is_newest ? undefined : at.log_size);

/** A form that was sent. What it may do is in the context's `signUp` alone. */
export type Action = {
  path: string;
  about: string;
  /** Answered whoever's page it came from: a mail server's one click (RFC 8058) comes from no page. */
  from_anywhere?: boolean;
  run(context: SiteContext, request: Request & { form: URLSearchParams; body: string }): Page;
};
