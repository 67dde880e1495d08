// Signing up, confirming, choosing, leaving. A GET shows and changes nothing: mail programs and scanners follow every
// link in a letter, so that whatever acts is a button (POST).
import { TracewireError } from "../../errors.ts";
import type { Preferences, SignUpDesk } from "../../newsletter/newsletter.ts";
import { listOwnTopics } from "../../press/press.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import { newsletterForm } from "../newsletter-box.ts";
import { htmlType } from "../answers.ts";
import type { Page } from "../page-store.ts";
import type { Action, Route, SiteContext } from "../route.ts";

const TOKEN = ":token";
const ONE_CLICK = /(^|[\s"=&;])List-Unsubscribe("?\s*(=|\r?\n\r?\n)\s*)One-Click\b/;

export const newsletterRoutes: Route[] = [
  {
    path: "/newsletter",
    about: "The newsletter: what it is, a form to sign up, what has been sent.",
    render: (context) => ({ ...ownPage(context, "The newsletter", aboutBody(""), { path: "/newsletter", listed: true }), own: false }),
  },
  {
    path: `/newsletter/confirm/${TOKEN}`,
    about: "Confirming an address: a page with a button. Opening it changes nothing.",
    render: (context, { params }) => {
      if (!deskOf(context).canConfirm(params.token!)) throw wrongLink();
      const body = html`<div class="column">
<p class="label">Newsletter</p>
<h1>One press, and you are on the list</h1>
<p class="standfirst">Somebody asked for our newsletter to be sent to the address that this link went to. If that was you, confirm it.</p>
${button(`/newsletter/confirm/${params.token!}`, "Confirm my address")}
<p class="note">If it was not you, close this page. Nothing will come, and the address is deleted within two days.</p>
</div>`;
      return ownPage(context, "Confirm your address", body);
    },
  },
  {
    path: `/newsletter/preferences/${TOKEN}`,
    about: "Choosing topics, leaving, being erased: for whoever holds the link from a letter.",
    render: (context, { params }) => preferencesPage(context, params.token!),
  },
  {
    path: `/newsletter/leave/${TOKEN}`,
    about: "Leaving: a page with a button. Opening it changes nothing.",
    render: (context, { params }) => {
      const found = requirePreferences(context, params.token!);
      const body = html`<div class="column">
<p class="label">Newsletter</p>
<h1>${found.subscribed ? "Leave the newsletter?" : "You are not on the list"}</h1>
${
  found.subscribed
    ? html`<p class="standfirst">Press the button and no further issue goes to ${found.masked}.</p>
${button(`/newsletter/leave/${params.token!}`, "Leave now")}`
    : html`<p class="standfirst">No issue goes to ${found.masked}.</p>`
}
<p><a href="/newsletter/preferences/${params.token!}">Topics, or erase me</a></p>
</div>`;
      return ownPage(context, "Leave the newsletter", body);
    },
  },
];

export const newsletterActions: Action[] = [
  {
    path: "/newsletter",
    about: "Sign up: `address`. The same answer whether the address is known or not.",
    run(context, { form, remote }) {
      const typed = form.get("address") ?? "";
      const outcome = deskOf(context).subscribe(typed, remote);
      if (outcome === "too_many") throw new TracewireError("TOO_MANY_SIGN_UPS");
      if (outcome === "not_an_address")
        return {
          ...ownPage(context, "The newsletter", aboutBody("That is not a mail address we can write to. Look at it again, please.", typed)),
          status: 400,
        };
      const body = html`<div class="column">
<p class="label">Newsletter</p>
<h1>Now look into your mail</h1>
<p class="standfirst">If the address can be written to, a letter is on its way. Open the link in it and press the button there.</p>
<p>The link works for two days. If nothing comes, look among unwanted mail; we send at most a few such letters to an address in a day.</p>
${context.mailSink && html`<p class="note">This newsroom has no mail server set, so its letters stay on this machine: <a href="/mail">read them here</a>.</p>`}
</div>`;
      return ownPage(context, "Now look into your mail", body);
    },
  },
  {
    path: `/newsletter/confirm/${TOKEN}`,
    about: "Confirms the address.",
    run(context, { params }) {
      if (!deskOf(context).confirm(params.token!)) throw wrongLink();
      return donePage(context, "You are on the list", "The next issue comes to you. Every letter has a link to leave at once.");
    },
  },
  {
    path: `/newsletter/preferences/${TOKEN}`,
    about: "`do=choose` with `topic`, `do=leave` or `do=erase`.",
    run(context, { params, form }) {
      const desk = deskOf(context);
      const token = params.token!;
      switch (form.get("do")) {
        case "choose":
          if (!desk.choose(token, form.getAll("topic"))) throw wrongLink();
          return preferencesPage(context, token, "Saved.");
        case "leave":
          if (!desk.unsubscribe(token)) throw wrongLink();
          return preferencesPage(context, token, "Done: you have left. No further issue goes out to you.");
        case "erase":
          if (!desk.erase(token)) throw wrongLink();
          return donePage(
            context,
            "You are erased",
            "Your address, your choices and the record of what we sent you are gone from our database and its files, at once. We kept no mark of it; should somebody sign you up again, you would get one letter asking whether it was you.",
          );
        default:
          throw new TracewireError("BAD_ARGUMENT", {
            what: "The form does not say what to do",
            hint: "Open the page again and press one of its buttons.",
          });
      }
    },
  },
  {
    path: `/newsletter/leave/${TOKEN}`,
    about: "Leaves the newsletter.",
    run(context, { params }) {
      if (!deskOf(context).unsubscribe(params.token!)) throw wrongLink();
      return donePage(context, "You have left", "No further issue goes out to you. If you change your mind, sign up again.");
    },
  },
  {
    path: `/newsletter/one-click/${TOKEN}`,
    about: "One-click leaving by a mail program (RFC 8058): body `List-Unsubscribe=One-Click`, no cookie, no redirect.",
    from_anywhere: true,
    run(context, { params, form, body }) {
      if (form.get("List-Unsubscribe") !== "One-Click" && !ONE_CLICK.test(body))
        throw new TracewireError("BAD_ARGUMENT", {
          what: "The body is not List-Unsubscribe=One-Click (RFC 8058)",
          hint: "Open the link in the letter instead.",
        });
      if (!deskOf(context).unsubscribe(params.token!)) throw wrongLink();
      return { content_type: "text/plain; charset=utf-8", body: "You have left the newsletter.\n", depends: [], own: true };
    },
  },
];

function preferencesPage(context: SiteContext, token: string, said = ""): Page {
  const { masked, subscribed, topics } = requirePreferences(context, token);
  const here = `/newsletter/preferences/${token}`;
  const offered = [...new Set([...listOwnTopics(context.log), ...topics])];
  const body = html`<div class="column prose">
<p class="label">Newsletter</p>
<h1>What comes to ${masked}</h1>
${said && html`<p class="known" role="status"><strong>${said}</strong></p>`}
<h2>Topics</h2>
${
  offered.length === 0
    ? html`<p>Nothing has been published yet that could be chosen from.</p>`
    : html`<form class="signup" action="${here}" method="post">
<fieldset><legend>Send me issues that carry any of these. With none marked, every issue comes, but those that are for one topic alone.</legend>
${offered.map(
  (
    topic,
  ) => html`<label class="choice"><input type="checkbox" name="topic" value="${topic}"${topics.includes(topic) && html` checked`}> ${topic}</label>
`,
)}</fieldset>
<button type="submit" name="do" value="choose">Save the topics</button>
</form>`
}
<h2>Leave</h2>
<p>${subscribed ? "No further issue goes out from the moment you press. Your address stays with the mark that you left." : "You have left: no issue goes out to you."}</p>
${subscribed && button(here, "Leave now", "leave")}
<h2>Erase me</h2>
<p>Everything we hold of you goes at once: the address, your choices, the record of what was sent to you, and this link. Copies that others hold,
such as the letters in your own mailbox, are out of our reach.</p>
${button(here, "Erase me", "erase")}
</div>`;
  return ownPage(context, "Your newsletter", body);
}

function aboutBody(said: string, typed = ""): Html {
  return html`<div class="column prose">
<p class="label">Newsletter</p>
<h1>The stories by mail, their numbers still open</h1>
<p class="standfirst">An issue carries what we published: each headline, what the story says, and for every number the short address at which it
opens.</p>
${said && html`<p class="known" role="alert"><strong>${said}</strong></p>`}
${newsletterForm(typed)}
<h2>What you get, and how often</h2>
<p>At most one issue a week, when there is something to send. It can be read as plain text, and without pictures: there are none, so that nothing
tells us whether you opened it. When a story we sent you is corrected or withdrawn, you and all who received it get a letter that says what was wrong.</p>
<h2>What we keep</h2>
<p>Your address, the topics you choose, and which letters went to you, in a database that is no part of the public log. Your network’s address is
kept as a keyed hash for one day, against abuse of the form. Nothing is passed on.</p>
<h2>How to leave</h2>
<p>Each letter has a link to leave, one to choose topics, and a button to be erased. All three work at once and need no password.</p>
<p><a href="/newsletter/issues">What has been sent so far</a></p>
</div>`;
}

function donePage(context: SiteContext, title: string, words: string): Page {
  return ownPage(
    context,
    title,
    html`<div class="column">
<p class="label">Newsletter</p>
<h1>${title}</h1>
<p class="standfirst">${words}</p>
<p><a href="/">The front page</a></p>
</div>`,
  );
}

function button(action: string, words: string, does?: string): Html {
  return html`<form class="signup" action="${action}" method="post"><button type="submit"${does ? html` name="do" value="${does}"` : nothing}>${words}</button></form>
`;
}

/** The path in the frame never carries a token. */
function ownPage(context: SiteContext, title: string, body: Html, { path = "/newsletter/yours", listed = false } = {}): Page {
  const description = "Signing up for the Tracewire newsletter, choosing topics, leaving it.";
  return { content_type: htmlType, body: frame({ title, description, path, unlisted: !listed, context, body }), depends: [], own: true };
}

function deskOf({ signUp }: SiteContext): SignUpDesk {
  if (signUp) return signUp;
  throw new TracewireError("READ_ONLY", {
    what: "Nobody can sign up here now: this newsroom is only being read",
    hint: "Try again later.",
  });
}

function requirePreferences(context: SiteContext, token: string): Preferences {
  const found = deskOf(context).preferences(token);
  if (!found) throw wrongLink();
  return found;
}

const wrongLink = (): TracewireError =>
  new TracewireError("NOT_FOUND", {
    what: "This link is not known here, or has run out",
    hint: "Use the link of the newest letter, or sign up again.",
  });
