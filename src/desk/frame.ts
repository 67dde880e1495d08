// The frame of every page of the desk: who is signed in, the ways through that their role has, keys on top. Without script
// everything works; with it, an element that has a data-key is pressed by that key, and `?` lists them (client/desk.ts).
import { can, type Right, type SignedIn } from "../accounts/accounts.ts";
import { html, nothing, type Html } from "../site/site.ts";
import { deskAssetHref } from "./desk-assets.ts";

type Way = { href: string; words: string; key: string; right?: Right; /** Other pages that belong to it. */ also?: readonly string[] };

const TODAY: Way = { href: "/desk", words: "Today", key: "g t", also: ["/desk/boards"] };
/** A group is what somebody works on in one go; the order within it is that of the work. */
const GROUPS: readonly (readonly [name: string, ways: readonly Way[]])[] = [
  [
    "Evidence",
    [
      { href: "/desk/inbox", words: "Inbox", key: "g i", right: "case.write" },
      { href: "/desk/captures", words: "Captures", key: "g c", right: "case.read" },
      { href: "/desk/claims", words: "Claims", key: "g l", right: "case.read", also: ["/desk/subjects"] },
      { href: "/desk/attribution", words: "Attribution", key: "g b", right: "case.read", also: ["/desk/overlap"] },
      { href: "/desk/replies", words: "Replies", key: "g r", right: "case.read" },
      { href: "/desk/release", words: "Release", key: "g q", right: "case.release" },
    ],
  ],
  [
    "Tracing",
    [
      { href: "/desk/traces", words: "Traces", key: "g x", right: "traces.write", also: ["/desk/questions"] },
      { href: "/desk/clusters", words: "Clusters", key: "g 1", right: "traces.write" },
      { href: "/desk/screen", words: "Screening", key: "g 2", right: "case.read", also: ["/desk/exceptions"] },
      { href: "/desk/data", words: "Data", key: "g 3", right: "case.write" },
    ],
  ],
  [
    "Publication",
    [
      { href: "/desk/stories", words: "Stories", key: "g s", right: "stories.write" },
      { href: "/desk/reports", words: "Reports", key: "g g", right: "case.read" },
      { href: "/desk/front", words: "Front page", key: "g f", right: "stories.publish" },
      { href: "/desk/newsletter", words: "Newsletter", key: "g n", right: "stories.publish" },
      { href: "/desk/published", words: "Published", key: "g o", right: "stories.write" },
      { href: "/desk/moved", words: "Moved", key: "g v", right: "stories.write" },
      { href: "/desk/releases", words: "Press releases", key: "g s", right: "releases.send" },
      { href: "/desk/supplied", words: "Supplied", key: "g u", right: "stories.publish" },
      { href: "/desk/embargoed", words: "Under embargo", key: "g e", right: "embargo.read" },
      { href: "/desk/imports", words: "Imports", key: "g h", right: "stories.publish" },
    ],
  ],
  [
    "Newsroom",
    [
      { href: "/desk/people", words: "People", key: "g p", right: "people.manage" },
      { href: "/desk/acts", words: "Acts", key: "g a", right: "acts.read" },
      { href: "/desk/keys", words: "Keys", key: "g k", right: "programs.manage" },
      { href: "/desk/webhooks", words: "Webhooks", key: "g w", right: "programs.manage" },
      { href: "/desk/exports", words: "Exports", key: "g d", right: "case.read", also: ["/desk/works"] },
      { href: "/desk/reproduce", words: "Reproduce", key: "g y", right: "case.read" },
      { href: "/desk/verify", words: "Verify", key: "g z", right: "archive.manage" },
      { href: "/desk/erase", words: "Erase", key: "g j", right: "case.erase" },
    ],
  ],
];

type Group = { name: string; ways: Way[] };
const groupsOf = (who: SignedIn): Group[] =>
  GROUPS.map(([name, ways]) => ({ name, ways: ways.filter(({ right }) => right === undefined || can(who.user.role, right)) })).filter(({ ways }) => ways.length > 0);

export const waysOf = (who: SignedIn): Way[] => [TODAY, ...groupsOf(who).flatMap(({ ways }) => ways)];

export type FrameOptions = { title: string; path: string; who?: SignedIn; body: Html; wide?: boolean; note?: string };

export function deskFrame({ title, path, who, body, wide, note }: FrameOptions): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Tracewire desk</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="${deskAssetHref("style.css")}">
<link rel="stylesheet" href="${deskAssetHref("desk.css")}">
<link rel="icon" type="image/svg+xml" href="${deskAssetHref("icon.svg")}">
<script type="module" src="${deskAssetHref("desk.js")}"></script>
</head>
<body class="desk">
<a class="skip" href="#main">Skip to the page</a>
<header class="desk-head">
<p class="name"><a href="/desk">Tracewire</a> <span>desk</span></p>
${who && nav(who, path)}${who ? account(who) : nothing}</header>
<main id="main" tabindex="-1"${wide && html` class="wide"`}>
${note !== undefined && html`<p class="done" role="status">${note}</p>
`}${body}
</main>
</body>
</html>`.markup;
}

/**
 * Groups in one line, and below it the rooms of the one that is open. Rooms of the others are there for their keys alone; a
 * group of one room is that room.
 */
function nav(who: SignedIn, path: string): Html {
  const isAt = (href: string) => path === href || (href !== "/desk" && path.startsWith(`${href}/`));
  const isHere = ({ href, also = [] }: Way) => [href, ...also].some(isAt);
  const link = (way: Way) => html`<a href="${way.href}" data-key="${way.key}"${isHere(way) && html` aria-current="page"`}>${way.words}</a>`;
  const groups = groupsOf(who);
  const open = groups.find(({ ways }) => ways.some(isHere));
  const rooms = ({ ways }: Group) => ways.map((way) => html`<li>${link(way)}</li>`);
  return html`<nav aria-label="Rooms of the desk"><ul><li>${link(TODAY)}</li>${groups.map(({ name, ways }) =>
    ways.length === 1 ? html`<li>${link(ways[0]!)}</li>` : html`<li><a href="${ways[0]!.href}"${open?.name === name && html` aria-current="true"`}>${name}</a></li>`,
  )}</ul>${open && open.ways.length > 1 && html`<ul aria-label="${open.name}">${rooms(open)}</ul>`}<ul hidden>${groups.filter((group) => group !== open && group.ways.length > 1).flatMap(rooms)}</ul></nav>
`;
}

function account(who: SignedIn): Html {
  return html`<div class="me"><a href="/desk/account" data-key="g m">${who.user.handle}</a> <span>${who.user.role}</span>${deskForm(who, "/desk/sign-out", html`<button class="plain-button">Sign out</button>`)}</div>
`;
}

/** A form of the desk: it carries the token that only this session's pages have. */
export function deskForm(who: SignedIn | undefined, action: string, body: Html, { upload = false, className = "" } = {}): Html {
  return html`<form method="post" action="${action}"${upload && html` enctype="multipart/form-data"`}${className !== "" && html` class="${className}"`}>${who && html`<input type="hidden" name="csrf" value="${who.csrf}">`}
${body}</form>
`;
}

/** An address to hand on, shown whole, with a button that copies it where there is script. `opens`: it may be pressed here too. */
export const toHandOn = (href: string, { opens }: { opens: boolean }): Html =>
  html`<p class="secret">${opens ? html`<a href="${href}">${href}</a>` : href} <button type="button" data-copy="${href}" hidden>Copy</button></p>
<script type="module" src="${deskAssetHref("copy.js")}"></script>`;

type FieldOptions = { value?: string; type?: string; hint?: string; required?: boolean; autocomplete?: string; list?: string; key?: string; pattern?: string };

/** A labelled input. */
export function field(name: string, label: string, { value = "", type = "text", hint, required, autocomplete = "off", list, key, pattern }: FieldOptions = {}): Html {
  return html`<label class="field"><span>${label}</span><input name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}"${required && html` required`}${list !== undefined && html` list="${list}"`}${key !== undefined && html` data-key="${key}"`}${pattern !== undefined && html` pattern="${pattern}"`}>${hint !== undefined && html`<small>${hint}</small>`}</label>
`;
}

type Choices = readonly (readonly [value: string, words: string])[];

export function choice(name: string, label: string, choices: Choices, { value = "", hint, empty, required }: { value?: string; hint?: string; empty?: string; required?: boolean } = {}): Html {
  return html`<label class="field"><span>${label}</span><select name="${name}"${required && html` required`}>${empty !== undefined && html`<option value="">${empty}</option>`}${choices.map(
    ([option, words]) => html`<option value="${option}"${option === value && html` selected`}>${words}</option>`,
  )}</select>${hint !== undefined && html`<small>${hint}</small>`}</label>
`;
}

export function area(name: string, label: string, { value = "", rows = 6, hint, required }: { value?: string; rows?: number; hint?: string; required?: boolean } = {}): Html {
  // A textarea drops one line break at its beginning (HTML, §13.2.6.4.7).
  return html`<label class="field"><span>${label}</span><textarea name="${name}" rows="${rows}"${required && html` required`}>
${value}</textarea>${hint !== undefined && html`<small>${hint}</small>`}</label>
`;
}

/** Words that came from elsewhere, as a sentence: one stop at its end, whatever they had. */
export const sentence = (words: string): string => `${words.trim().replace(/[.\s]+$/, "")}.`;

export const when = (at: string): Html => html`<time datetime="${at}">${at.slice(0, 16).replace("T", " ")}</time>`;
