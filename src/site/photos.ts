// A supplied picture on pages: versions of several widths from our own address, with whose it is and by what right.
import { photoOf, photoVersionName, readPublication, type Card, type Publication, type ShownPhoto } from "../press/press.ts";
import { html, type Html } from "./html.ts";
import { inlineHtml, type FigureLookup } from "./inline.ts";
import type { SiteContext } from "./route.ts";

type Version = ShownPhoto["versions"][number];

export const photoHref = (version: Version): string => `/pictures/${photoVersionName(version)}`;

/** For previews, feeds and readers without WebP. */
export const jpegOf = ({ versions }: ShownPhoto): Version => versions.find(({ media_type }) => media_type === "image/jpeg")!;

/** Undefined where none is shown, and where its bytes were erased since. */
export function shownPhoto({ blobs }: Pick<SiteContext, "blobs">, publication: Publication): ShownPhoto | undefined {
  const photo = publication.withdrawn ? undefined : photoOf(publication);
  return photo && blobs.has(jpegOf(photo).sha256) ? photo : undefined;
}

export function cardPhoto(context: SiteContext, card: Card): ShownPhoto | undefined {
  if (!card.photo) return undefined;
  const publication = readPublication(context.log, card.slug, card.revision);
  return publication && shownPhoto(context, publication);
}

/** Over a story: the picture, its caption, its credit and its licence. */
export function photoFigure(photo: ShownPhoto, { story }: Publication, figures: FigureLookup): Html {
  const jpeg = jpegOf(photo);
  const webp = photo.versions.filter(({ media_type }) => media_type === "image/webp");
  const sources = webp.map((version) => `${photoHref(version)} ${version.width}w`).join(", ");
  return html`<figure class="picture photo">
<picture><source type="image/webp" srcset="${sources}" sizes="(max-width: 64rem) 100vw, 60rem">
<img src="${photoHref(jpeg)}" width="${jpeg.width}" height="${jpeg.height}" alt="${photo.alt}"></picture>
<figcaption>${story.photo?.caption && html`${inlineHtml(story.photo.caption, figures, "links")} `}<span class="source">Picture: ${photo.credit}. ${photo.licence}</span></figcaption>
</figure>
`;
}

/** Beside a headline that says what it is about: for those who do not see it, nothing is lost. */
export function photoThumb(photo: ShownPhoto): Html {
  const small = photo.versions.reduce((least, version) => (version.width < least.width ? version : least));
  return html`<img class="thumb" src="${photoHref(small)}" width="${small.width}" height="${small.height}" alt="" loading="lazy">`;
}
