// A published story as ninjs (IPTC, version 2): for agencies and their systems. Corrections are versions of one item.
import type { LogReader } from "../evidence/evidence.ts";
import { photoVersionName, printerOf, storyTextOf as textOf, type Publication } from "../press/press.ts";

export const NINJS_CANNOT_CARRY = [
  "Figures: numbers are words as they were published; the story's JSON has them with their rows.",
  "Replies, sources and waivers: they stand on the story's page.",
  "Earlier words: each revision is a version of its own.",
] as const;

export function writeNinjs(log: Pick<LogReader, "db">, publication: Publication, first_at: string, base_url: string): Record<string, unknown> {
  const { story, slug, revision, at, photo, correction, withdrawn } = publication;
  const print = printerOf(log, publication.figures);
  const href = `${base_url}${story.type === "release" ? "/press-releases" : "/stories"}/${slug}`;
  const jpeg = photo?.versions.find(({ media_type }) => media_type === "image/jpeg");
  return {
    uri: href,
    standard: { name: "ninjs", version: "2.0", schema: "https://www.iptc.org/std/ninjs/ninjs-schema_2.0.json" },
    type: "text",
    profile: "text",
    version: String(revision),
    firstcreated: first_at,
    versioncreated: at,
    contentcreated: story.archive?.published ?? first_at,
    pubstatus: withdrawn ? "canceled" : "usable",
    urgency: 5,
    language: "en",
    headlines: [{ role: "main", value: print(story.headline) }],
    descriptions: [{ role: "summary", contenttype: "text/plain", value: print(story.standfirst) }],
    ...(withdrawn
      ? { ednote: `Withdrawn: ${withdrawn.why}` }
      : { bodies: [{ role: "main", contenttype: "text/plain", value: textOf(story, print) }], ...(correction ? { ednote: `Correction: ${correction.what}` } : {}) }),
    by: story.byline,
    infosources: [story.supplied_by, story.archive?.from].filter((name) => name !== undefined).map((name) => ({ name })),
    trustindicators: [
      { title: "The story with its figures and their rows", href: `${href}.json` },
      { title: "Corrections", href: `${base_url}/corrections` },
    ],
    subjects: [{ name: story.topic, rel: "about" }],
    ...(jpeg && !withdrawn
      ? {
          associations: [
            {
              name: "main picture",
              uri: `${href}/picture`,
              type: "picture",
              descriptions: [
                ...(story.photo!.caption ? [{ role: "caption", contenttype: "text/plain", value: print(story.photo!.caption) }] : []),
                { role: "alternative text", contenttype: "text/plain", value: story.photo!.alt },
              ],
              usageterms: story.photo!.licence,
              copyrightholder: story.photo!.credit,
              renditions: [{ name: "main", href: `${base_url}/pictures/${photoVersionName(jpeg)}`, contenttype: jpeg.media_type, width: jpeg.width, height: jpeg.height, sizeinbytes: jpeg.byte_count }],
            },
          ],
        }
      : {}),
  };
}
