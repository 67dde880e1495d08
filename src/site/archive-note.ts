// What a page says of a story that was taken over from another publication's archive: that it is not ours, when it came
// out there, where it stood, what it linked to. Dates of theirs and of ours are never mixed.
import { findOldAddress, type Publication, type Story } from "../press/press.ts";
import { html, type Html } from "./html.ts";
import type { SiteContext } from "./route.ts";
import { formatDay, plural, storyHref } from "./words.ts";

type Archive = NonNullable<Story["archive"]>;

/** Above the text, where nobody misses it. */
export function archiveNotice({ archive }: Story): Html {
  return html`${archive && html`<p class="supplied">From the archive of ${archive.from}. Its numbers are as printed there: nothing in it was checked or computed here.</p>`}`;
}

export function archiveDates({ published, updated }: Archive, takenOver: string): Html {
  return html`<span>Published there <time datetime="${published.slice(0, 10)}">${formatDay(published)}</time></span>${
    updated && html`<span>Changed there <time datetime="${updated.slice(0, 10)}">${formatDay(updated)}</time></span>`
  }<span>Taken over <time datetime="${takenOver.slice(0, 10)}">${formatDay(takenOver)}</time></span>`;
}

/** In place of sources and replies, which such a story does not have. */
export function archiveBox({ log }: SiteContext, { story }: Publication): Html {
  const { from, address, tags, links } = story.archive!;
  // What it linked to on its own site may stand here now.
  const here = (href: string) => {
    const isTheirs = address !== undefined && URL.parse(href)?.hostname === URL.parse(address)?.hostname;
    return isTheirs ? findOldAddress(log, href) : undefined;
  };
  const linkLine = ({ text, href }: (typeof links)[number]): Html => {
    const slug = here(href);
    return slug === undefined ? html`<li>${text} <span class="note">${href}</span></li>` : html`<li><a href="${storyHref(slug)}">${text}</a></li>`;
  };
  return html`<section class="box">
<h2 class="label">From an archive</h2>
<p>${from} printed this. It was taken over with its words, its date and its author; what its form had no place for here was left out.</p>
${address && html`<p class="note">It stood at ${address}</p>`}${tags.length > 0 && html`<p class="note">Filed there under ${tags.join(", ")}</p>`}${
    links.length > 0 &&
    html`<details><summary>${plural(links.length, "address that it linked to", "addresses that it linked to")}</summary>
<ul class="plain">${links.map(linkLine)}</ul>
<p class="note">As text: who holds these addresses today is not known here.</p></details>`
  }</section>`;
}
