// Collects words into headings and paragraphs, whatever they come from. Space is as HTML has it: one between words.
import { refuse, type Losses, type Part, type Run, type TakenPicture } from "./taken-post.ts";

const PARTS_MAX = 4_000;
const LENGTH_MAX = 1_000_000;

export type Manner = { emphasis?: boolean; href?: string };

export type RunningText = {
  text(words: string, manner?: Manner): void;
  /** Ends what is open; what follows begins a part of this type. */
  block(type?: Part["type"]): void;
  picture(picture: TakenPicture): void;
  /** Words about the last picture, out of the text. */
  caption(words: string): void;
  finish(): { parts: Part[]; pictures: TakenPicture[] };
};

/** `place` is named where a text is too long. */
export function openRunningText(place: string): RunningText {
  const parts: Part[] = [];
  const pictures: TakenPicture[] = [];
  let type: Part["type"] = "paragraph";
  let runs: Run[] = [];
  let isSpace = false;
  let length = 0;

  const flush = () => {
    if (runs.length > 0) {
      if (parts.length >= PARTS_MAX) refuse(place, `content: more than ${PARTS_MAX} paragraphs`);
      parts.push({ type, runs });
      runs = [];
    }
    isSpace = false;
  };
  return {
    text(words, { emphasis, href } = {}) {
      const spaced = words.replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ");
      if (spaced === " " || spaced === "") {
        isSpace ||= spaced === " " && runs.length > 0;
        return;
      }
      length += spaced.length;
      if (length > LENGTH_MAX) refuse(place, `content: more than ${LENGTH_MAX} characters of text`);
      const core = spaced.trim();
      const space = runs.length > 0 && (isSpace || spaced.startsWith(" ")) ? " " : "";
      isSpace = spaced.endsWith(" ");
      const last = runs.at(-1);
      if (last && last.emphasis === emphasis && last.href === href) last.text += space + core;
      else {
        // The space stands with the plain words, so that no link or emphasis begins or ends with one.
        if (space && last && !last.emphasis && last.href === undefined) last.text += space;
        else if (space && !emphasis && href === undefined) return void runs.push({ text: space + core });
        else if (space) runs.push({ text: space });
        runs.push({ text: core, ...(emphasis ? { emphasis } : {}), ...(href === undefined ? {} : { href }) });
      }
    },
    block(next = "paragraph") {
      flush();
      type = next;
    },
    picture: (picture) => void (pictures.length < PARTS_MAX && pictures.push(picture)),
    caption(words) {
      const last = pictures.at(-1);
      if (last && words.trim() !== "") last.caption ??= words;
    },
    finish() {
      flush();
      return { parts, pictures };
    },
  };
}

/** What becomes of pictures inside a text: a story has one, over it. */
export function leadingPicture(own: TakenPicture | undefined, inText: readonly TakenPicture[], lost: Losses): TakenPicture | undefined {
  const [lead, ...others] = own ? [own, ...inText.filter(({ source }) => source !== own.source)] : inText;
  if (others.length > 0) lost.add("picture inside the text", others.length);
  return lead;
}
