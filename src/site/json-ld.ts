// What a page is, in schema.org's words. A correction stands here from the same record as on the page; a citation
// names each source that the figures rest on.
import type { Json } from "../evidence/evidence.ts";
import { describeFigure, type Figure, type FigureSpec } from "../figures/figures.ts";
import type { Publication } from "../press/press.ts";
import { assetHref } from "./assets.ts";
import { jpegOf, photoHref, shownPhoto } from "./photos.ts";
import type { SiteContext } from "./route.ts";
import { figureHref } from "./words.ts";

const CITATIONS_MAX = 40;

const publisher = (context: SiteContext): Json => ({
  "@type": "NewsMediaOrganization",
  name: "Tracewire",
  url: `${context.base_url}/`,
  logo: { "@type": "ImageObject", url: `${context.base_url}${assetHref("icon.svg")}` },
  correctionsPolicy: `${context.base_url}/corrections`,
  verificationFactCheckingPolicy: `${context.base_url}/how-we-count`,
});

export function siteData(context: SiteContext): Json {
  return {
    "@context": "https://schema.org",
    "@type": "WebSite",
    name: "Tracewire",
    url: `${context.base_url}/`,
    publisher: publisher(context),
    potentialAction: {
      "@type": "SearchAction",
      target: { "@type": "EntryPoint", urlTemplate: `${context.base_url}/search?q={query}` },
      "query-input": "required name=query",
    },
  };
}

export function articleData(
  context: SiteContext,
  publication: Publication,
  revisions: readonly Publication[],
  headline: string,
  description: string,
): Json {
  const { story, slug } = publication;
  const href = `${context.base_url}${story.type === "release" ? "/press-releases" : "/stories"}/${slug}`;
  const captures = [
    ...new Set(publication.figures.flatMap((figure) => figure.rows.flatMap((row) => (row.capture === null ? [] : [row.capture])))),
  ];
  const corrections = revisions.filter((item) => item.correction && item.revision <= publication.revision);
  const article: Json = {
    "@context": "https://schema.org",
    // Another publication's story is an article here too, and says what it is based on: its date there is no date of ours.
    "@type": story.archive ? "Article" : "NewsArticle",
    "@id": href,
    url: href,
    mainEntityOfPage: href,
    headline,
    description,
    inLanguage: "en",
    articleSection: story.topic,
    datePublished: revisions[0]!.at,
    dateModified: publication.at,
    author: { "@type": "Organization", name: story.supplied_by ?? story.byline },
    publisher: publisher(context),
    isAccessibleForFree: true,
    version: String(publication.revision),
    ...(story.archive ? { isBasedOn: basedOn(story.archive) } : {}),
    ...articleImage(context, publication, href),
    ...(publication.withdrawn ? { creativeWorkStatus: "Withdrawn" } : {}),
    citation: captures.slice(0, CITATIONS_MAX).map((seq) => `${context.base_url}/log/${seq}`),
    ...(corrections.length > 0
      ? {
          correction: corrections.map((item) => ({
            "@type": "CorrectionComment",
            text: item.correction!.what,
            datePublished: item.at,
            url: `${href}/revisions/${item.revision}/changes`,
          })),
        }
      : {}),
  };
  const checks = publication.figures.flatMap((figure) => claimReview(context, figure, publication, href));
  return checks.length === 0 ? article : { "@context": "https://schema.org", "@graph": [withoutContext(article), ...checks] };
}

function basedOn({ from, published, updated, address }: NonNullable<Publication["story"]["archive"]>): Json {
  return {
    "@type": "Article",
    publisher: { "@type": "Organization", name: from },
    datePublished: published,
    ...(updated ? { dateModified: updated } : {}),
    ...(address ? { url: address } : {}),
  };
}

/** A supplied picture says whose it is; a licence stands as a licence only where it is an address (schema.org has it so). */
function articleImage(context: SiteContext, publication: Publication, href: string): Record<string, Json> {
  const photo = shownPhoto(context, publication);
  if (!photo) return publication.story.picture ? { image: [`${href}/picture.png`] } : {};
  const { width, height, ...jpeg } = jpegOf(photo);
  const image: Json = {
    "@type": "ImageObject",
    url: `${context.base_url}${photoHref({ width, height, ...jpeg })}`,
    width: { "@type": "QuantitativeValue", value: width, unitCode: "E37" },
    height: { "@type": "QuantitativeValue", value: height, unitCode: "E37" },
    description: photo.alt,
    creditText: photo.credit,
    ...(/^https:\/\/\S+$/.test(photo.licence) ? { license: photo.licence } : { copyrightNotice: photo.licence }),
  };
  return { image: [image] };
}

/**
 * A story checks a claim where it binds a published value and, beside it, the sum of the same table: "58" against "57".
 * No rating is invented: what our addition comes to is said in words.
 */
function claimReview(context: SiteContext, figure: Figure, publication: Publication, href: string): Json[] {
  if (figure.measure !== "column_sum") return [];
  const quoted = publication.figures.find(
    (other) => other.measure === "quote" && other.unit === figure.unit && other.value !== figure.value,
  );
  const claimant = quoted?.rows[0]?.claimant;
  if (!quoted || !claimant) return [];
  return [
    {
      "@type": "ClaimReview",
      url: href,
      datePublished: publication.at,
      author: publisher(context),
      claimReviewed: `${quoted.value} ${quoted.unit}`,
      itemReviewed: {
        "@type": "Claim",
        author: { "@type": "Organization", name: claimant },
        ...(quoted.rows[0]!.when ? { temporalCoverage: quoted.rows[0]!.when } : {}),
      },
      reviewRating: {
        "@type": "Rating",
        alternateName: `The table that was read adds up to ${figure.value} ${figure.unit}; the difference is unexplained`,
      },
    },
  ];
}

export function figureData(context: SiteContext, figure: Figure, spec: FigureSpec): Json {
  const href = `${context.base_url}${figureHref(figure.id, figure.log_size)}`;
  const words = describeFigure(figure, spec);
  return {
    "@context": "https://schema.org",
    "@type": "Dataset",
    "@id": href,
    url: href,
    name: spec.title,
    description: `${spec.title}: ${words.exact}. ${words.how.join(" ")}`.slice(0, 4_900),
    version: `log size ${figure.log_size}`,
    creator: publisher(context),
    isAccessibleForFree: true,
    variableMeasured: { "@type": "PropertyValue", name: spec.title, value: figure.value, unitText: figure.unit },
    distribution: ["csv", "json"].map((form) => ({
      "@type": "DataDownload",
      encodingFormat: form === "csv" ? "text/csv" : "application/json",
      contentUrl: `${context.base_url}/figures/${figure.id}.${form}?known=${figure.log_size}`,
    })),
  };
}

function withoutContext(value: Json): Json {
  const { "@context": _, ...rest } = value as Record<string, Json>;
  return rest;
}
