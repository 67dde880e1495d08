// Error pages are pages: what happened, and where to go from here.
import type { TracewireError } from "../../errors.ts";
import { html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import { storyHref } from "../words.ts";

const HEADINGS: Record<number, string> = {
  400: "That address cannot be read",
  403: "This was not sent from here",
  404: "There is no page here",
  405: "This site can only be read",
  409: "This cannot be shown as it stands",
  410: "This was erased",
  421: "This name is not served here",
  422: "This cannot be computed as asked",
  429: "Too many at once",
  503: "Try again in a moment",
};

/** The answer to a fault, for people or, where the request prefers it, as JSON with the error's stable code. */
export function errorPage(error: TracewireError, path: string, accept = ""): Page {
  const { status } = error;
  if (prefersJson(path, accept))
    return { status, content_type: "application/json; charset=utf-8", body: JSON.stringify(error), depends: [] };
  const heading = HEADINGS[status] ?? "This page could not be made";
  const body = html`<div class="column error">
<p class="label">Error ${status}</p>
<h1>${heading}</h1>
<p class="standfirst">${sentence(error.message)}</p>
<p>${sentence(readersHint(error))}</p>
<ul>
<li><a href="/">The front page</a>: the newest story and what the case file holds.</li>
<li><a href="/thefts">The thefts</a>: every one we hold, with who blames whom.</li>
<li><a href="/log">The log</a>: every entry, in the order in which it was made.</li>
</ul>
${
  status >= 500 &&
  html`<p>The fault is ours. Nothing that was published is lost by it: what is published stands in a signed log.</p>
`
}<p class="note">If a link of ours brought you here, <a href="/about#report-an-error">please say so</a>. For that, the code: <code>${error.code}</code></p>
</div>`;
  const context = { base_url: "", at: { log_size: 0, evidence: "released" as const, is_newest: true }, log_size: 0, now: "" };
  return {
    status,
    content_type: "text/html; charset=utf-8",
    body: frame({
      title: heading,
      description: `${heading}. ${sentence(error.message)}`,
      path: path.startsWith("/") ? path : "/",
      unlisted: true,
      context,
      body,
    }),
    depends: [],
  };
}

/** Where a story stood before it was taken over: RFC 9110 §15.4.2. */
export function movedPage(slug: string): Page {
  const href = storyHref(slug);
  const body = html`<!doctype html><title>Moved</title><p>This story stands at <a href="${href}">${href}</a>.</p>`;
  return { status: 301, content_type: "text/html; charset=utf-8", body: body.markup, headers: { location: href }, depends: [] };
}

/** Hints are written for those at the command line; a reader has no command line. */
function readersHint(error: TracewireError): string {
  if (error.code === "INTERNAL") return "Please try again later";
  return /tracewire |--|npm |npx /.test(error.hint) ? "Go on from one of these instead" : error.hint;
}

function prefersJson(path: string, accept: string): boolean {
  return path.endsWith(".json") ? !/text\/html/.test(accept) : /application\/json/.test(accept) && !/text\/html/.test(accept);
}

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);
