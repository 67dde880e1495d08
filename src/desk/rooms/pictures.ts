// Supplied pictures of a story on its way: taken in with credit, licence and what they show, checked and made anew as a command
// does, shown beside the text, taken out again and put back. Which one the story shows is a line of its text, so each choice is
// a version like any other.
import Type from "typebox";
import { TracewireError } from "../../errors.ts";
import {
  findPreparedVersion,
  formatStoryText,
  parseStoryText,
  photoFileName,
  preparePhoto,
  type Draft,
  type DraftPicture,
  type PreparedPhoto,
  type Story,
} from "../../press/press.ts";
import { html, type Html } from "../../site/site.ts";
import { deskForm, field, when } from "../frame.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";
import { draftOf, VERSION, versionField } from "./story-way.ts";

const line = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: "\\S" });

/** Above the text: the picture that the story shows, those that were taken in, and the form for another. */
export function picturesPart({ who, drafts }: SignedInContext, draft: Draft, story: Story | undefined): Html {
  const pictures = drafts.pictures(draft.id);
  const base = `/desk/stories/${draft.id}/pictures`;
  const shown = pictures.find(({ file }) => file === story?.photo?.file);
  const use = (file: string, words: string) => deskForm(who, `${base}/use`, html`${versionField(draft)}<input type="hidden" name="file" value="${file}"><button>${words}</button>`);
  return html`<details class="head pictures" data-pictures${shown !== undefined && html` open`}><summary>Supplied picture${shown !== undefined && html`: ${shown.file}`}</summary>
${
    shown &&
    html`<figure class="draft-picture"><img src="${base}/${shown.file}" alt="${story!.photo!.alt ?? ""}"><figcaption>Picture: ${story!.photo!.credit ?? "credit missing"}. ${story!.photo!.licence ?? "licence missing"}</figcaption></figure>
${use("", "Take the picture out")}`
  }${
    pictures.length > (shown ? 1 : 0) &&
    html`<h2>Taken in</h2>
<ul class="plain">${pictures.filter((picture) => picture !== shown).map((picture) => html`<li><img class="small-picture" src="${base}/${picture.file}" alt="${picture.alt}"> ${picture.file}, ${picture.credit}; ${picture.by}, ${when(picture.at)} ${use(picture.file, "Show this one")}</li>
`)}</ul>
`
  }${
    story
      ? html`<details${shown === undefined && html` open`}><summary>${shown ? "Take another one in" : "Take one in"}</summary>
${deskForm(
  who,
  base,
  html`${versionField(draft)}<div class="drop" data-drop><label class="field"><span>A picture</span><input type="file" name="file" accept="image/jpeg,image/png,image/webp" required><small>One still JPEG, PNG or WebP, up to 20 MB. Readers get it made anew from its pixels: no place, camera or other note goes out with it.</small></label></div>
${field("alt", "What it shows, for those who do not see it", { required: true })}<div class="row">${field("credit", "Whose it is", { required: true })}${field("licence", "Licence", { required: true })}</div><button>Take it in</button>
`,
  { upload: true },
)}</details>`
      : html`<p class="hint">A picture can be taken in once the text can be read.</p>`
  }</details>
`;
}

/** Saves the story with this picture, or with none, as a version. */
function show(context: SignedInContext, draft: Draft, version: number, picture: DraftPicture | undefined): DeskAnswer {
  const { drafts, who, record } = context;
  const { photo: before, ...story } = parseStoryText(drafts.text(draft.id, version)?.text ?? drafts.text(draft.id)!.text, "the text");
  const caption = before?.file === picture?.file && before?.caption ? { caption: before.caption } : {};
  const photo = picture && { file: picture.file, credit: picture.credit, licence: picture.licence, alt: picture.alt, ...caption };
  const saved = drafts.save(draft.id, who.user.handle, formatStoryText({ ...story, ...(photo ? { photo } : {}) }), version);
  record(picture ? "story.picture" : "story.no-picture", `draft ${draft.id}, version ${saved.version}${picture ? `, ${picture.sha256.slice(0, 16)}` : ""}`);
  return { go: `/desk/stories/${draft.id}` };
}

/** For the eyes of whoever writes: a version that readers would get, never the file itself. */
export function pictureFile(prepared: PreparedPhoto): DeskAnswer {
  const jpeg = prepared.versions.find(({ media_type }) => media_type === "image/jpeg")!;
  return { file: { name: "picture.jpg", type: jpeg.media_type, bytes: jpeg.bytes } };
}

/** A preview's picture by the name that its page asks for. */
export function previewPicture(prepared: PreparedPhoto | undefined, name: string): DeskAnswer {
  const version = prepared && findPreparedVersion(prepared, name);
  if (!version) throw new TracewireError("NOT_FOUND", { what: "There is no such picture" });
  return { file: { name, type: version.media_type, bytes: version.bytes } };
}

export const pictureRoutes: DeskRoute[] = [
  deskRoute({
    method: "POST",
    path: "/stories/:draft/pictures",
    about: "Takes a picture into a story, with its credit, licence and what it shows.",
    rule: { for: "stories.write", object: "draft" },
    upload: true,
    form: Type.Object({ version: VERSION, credit: line(200), licence: line(200), alt: line(600) }, { additionalProperties: false }),
    async run(context, { params, form: { version, ...form }, file }) {
      if (!file) throw new TracewireError("BAD_ARGUMENT", { what: "No picture was sent", where: "file" });
      const draft = draftOf(context, params);
      if (draft.version !== Number(version)) throw new TracewireError("CONFLICT", { what: `It is at version ${draft.version} now`, hint: "Open the story again, and take the picture in on top of that." });
      const said = { credit: tidy(form.credit), licence: tidy(form.licence), alt: tidy(form.alt) };
      const prepared = await preparePhoto(file.bytes, photoFileName(file.name), context.effects.clock());
      const kept = context.drafts.addPicture(draft.id, context.who.user.handle, prepared, said);
      return show(context, draft, draft.version, context.drafts.pictures(draft.id).find((picture) => picture.file === kept)!);
    },
  }),
  deskRoute({
    method: "POST",
    path: "/stories/:draft/pictures/use",
    about: "Shows one of the pictures taken in, or none: the way back of either.",
    rule: { for: "stories.write", object: "draft" },
    form: Type.Object({ version: VERSION, file: Type.Optional(Type.String({ maxLength: 100 })) }, { additionalProperties: false }),
    run(context, { params, form }) {
      const draft = draftOf(context, params);
      const picture = form.file === undefined ? undefined : context.drafts.pictures(draft.id).find(({ file }) => file === form.file);
      if (form.file !== undefined && !picture) throw new TracewireError("NOT_FOUND", { what: "There is no such picture", where: "file" });
      return show(context, draft, Number(form.version), picture);
    },
  }),
  deskRoute({
    method: "GET",
    path: "/stories/:draft/pictures/:picture",
    about: "A picture of a story on its way, as readers would get it.",
    rule: { for: "stories.write", object: "draft" },
    run({ drafts }, { params }) {
      const prepared = drafts.picture(Number(params.draft), params.picture!);
      if (!prepared) throw new TracewireError("NOT_FOUND", { what: "There is no such picture" });
      return pictureFile(prepared);
    },
  }),
];

const tidy = (words: string): string => words.replaceAll(/\s+/g, " ").trim();
