// Letters that stayed here because no mail server is set: so that the whole way can be walked on a laptop. Other people's
// mail: shown on this very machine only, and as if it were not there to everyone else.
import { htmlType } from "../answers.ts";
import { html, joinHtml, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Request, Route, SiteContext } from "../route.ts";
import { formatDay } from "../words.ts";

const MAILS_MAX = 200;

export const mailRoutes: Route[] = [
  {
    path: "/mail",
    about: "Letters kept on this machine while no mail server is set; elsewhere there is no such page.",
    render(context, request) {
      const sink = sinkFor(context, request);
      if (!sink) return undefined;
      const mails = sink.list(MAILS_MAX);
      const body = html`<p class="label">On this machine only</p>
<h1>Letters that were not sent</h1>
<p>No mail server is set, so every letter stays here instead of leaving. Nobody but this machine can see this page. <a href="/docs/newsletter">The documentation</a> says how to set
a server.</p>
${
  mails.length === 0
    ? html`<p>There is none yet. <a href="/newsletter">Sign up</a> with any address, and the letter to confirm it comes here.</p>`
    : html`<ol class="plain issues">${mails.map(
        ({
          id,
          at,
          to,
          subject,
        }) => html`<li><a href="/mail/${id}">${subject}</a> <span class="note">to ${to}, ${formatDay(at)}, ${at.slice(11, 16)} UTC</span></li>
`,
      )}</ol>`
}`;
      return own(context, "Letters that were not sent", body);
    },
  },
  {
    path: "/mail/:id",
    about: "One such letter; with .eml behind the number: the whole message as it would have left.",
    render(context, request) {
      const name = request.params.id!.replace(/\.eml$/, "");
      const mail = /^\d{1,9}$/.test(name) ? sinkFor(context, request)?.read(Number(name)) : undefined;
      if (!mail) return undefined;
      if (name !== request.params.id)
        return {
          content_type: "message/rfc822",
          body: mail.raw,
          depends: [],
          own: true,
          headers: { "content-disposition": `attachment; filename="letter-${name}.eml"` },
        };
      const body = html`<p class="label"><a href="/mail">On this machine only</a></p>
<h1>${mail.subject}</h1>
<p class="byline">To ${mail.to}<span>${formatDay(mail.at)}, ${mail.at.slice(11, 16)} UTC</span></p>
<pre class="text">${linked(mail.text)}</pre>
<p class="note"><a href="/mail/${mail.id}.eml">The whole message as a file</a>, with its headers and its HTML part.</p>`;
      return own(context, mail.subject, body);
    },
  },
];

function sinkFor({ mailSink }: SiteContext, { isLocal }: Request): SiteContext["mailSink"] {
  return isLocal ? mailSink : undefined;
}

/** Addresses in the letter lead to the same paths of this site, whatever name it will have in public. */
function linked(text: string): Html {
  const parts = text.replaceAll(/[ \t]+$/gm, "").split(/(https?:\/\/[^\s/]+\/[^\s]*)/);
  return joinHtml(
    parts.map((part, at) =>
      at % 2 === 0 ? part : html`<a href="${part.replace(/^https?:\/\/[^/]+/, "").replace(/^\/+/, "/")}">${part}</a>`,
    ),
    "",
  );
}

function own(context: SiteContext, title: string, body: Html): Page {
  return {
    content_type: htmlType,
    body: frame({ title, description: "Letters kept on this machine.", path: "/mail", unlisted: true, context, body }),
    depends: [],
    own: true,
  };
}
