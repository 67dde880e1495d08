// Another Tracewire's stories, out of a bundle that it exported (tracewire export case). The bundle's hashes, proofs and
// signature are checked first. Its numbers become words: their figures stand in that newsroom's log, not in this one's.
import { DatabaseSync } from "node:sqlite";
import { createViews, verifyBundle, type Bundle, type EntryBody } from "../../evidence/evidence.ts";
import { VIEWS } from "../../newsroom.ts";
import { listPublications, printerOf, type Publication, type Printer } from "../../press/press.ts";
import { openRunningText } from "../running-text.ts";
import { openLosses, refuse, type PassedPost, type TakenPost } from "../taken-post.ts";
import { readBounded } from "./json-file.ts";
import type { StoryReader } from "../readers.ts";

const BYTES_MAX = 400 * 2 ** 20;

export const tracewireBundle: StoryReader = {
  format: "tracewire",
  title: "Another Tracewire's bundle",
  files: "a bundle of tracewire export case or story",
  *read(files, { about }) {
    for (const file of files) {
      const text = readBounded(file.path, file.name, BYTES_MAX);
      const report = verifyBundle(text);
      if (report.outcome !== "clean") refuse(file.name, `The bundle does not verify: ${report.findings.map((finding) => finding.what).join(", ").slice(0, 200)}`);
      const bundle = JSON.parse(text) as Bundle;
      about.name ??= bundle.verifier_key.split("+")[0];
      const db = new DatabaseSync(":memory:");
      try {
        createViews(db, VIEWS);
        for (const { seq, body } of bundle.entries) for (const view of VIEWS) view.apply(db, { seq, body: JSON.parse(body) as EntryBody });
        const firsts = new Map(
          db
            .prepare("SELECT slug, first_at FROM stories")
            .all()
            .map(({ slug, first_at }) => [slug as string, first_at as string]),
        );
        for (const publication of listPublications({ db }).toReversed())
          yield readPost(publication, firsts.get(publication.slug)!, file.name, printerOf({ db }, publication.figures));
      } finally {
        db.close();
      }
    }
  },
};

function readPost(publication: Publication, first_at: string, name: string, print: Printer): TakenPost | PassedPost {
  const { story, slug, at, revision, seq } = publication;
  const place = `${name}, entry ${seq} (${slug})`;
  const pass = (passed: string): PassedPost => ({ place, title: print(story.headline), passed });
  if (publication.withdrawn) return pass("it was withdrawn there");
  if (story.type !== "story") return pass(story.type === "release" ? "it is a press release" : "it came from another archive itself");
  const lost = openLosses();
  const text = openRunningText(place);
  const figures = publication.figures.length;
  if (figures > 0) lost.add("figure, kept as its words", figures);
  if (story.replies.length > 0) lost.add("reply", story.replies.length);
  if (revision > 1) lost.add("earlier revision", revision - 1);
  if (story.photo ?? story.picture) lost.add(story.photo ? "supplied picture" : "picture drawn from a figure");
  for (const section of story.sections) {
    if (section.title) (text.block("heading"), text.text(print(section.title)), text.block());
    for (const block of section.blocks) {
      text.block();
      if (block.type === "pull") text.text(`${print([{ type: "figure", id: block.figure, form: block.form }])} `);
      if (block.type === "chart") lost.add("chart, its caption kept");
      for (const node of block.content)
        if (node.type === "emphasis") text.text(node.text, { emphasis: true });
        else if (node.type === "link") text.text(node.text, { href: node.href });
        else text.text(print([node]));
    }
  }
  return {
    place,
    key: slug,
    title: print(story.headline),
    slug,
    published: first_at,
    updated: revision > 1 ? at : undefined,
    paths: [`/stories/${slug}`],
    authors: [story.byline],
    tags: [story.topic],
    standfirst: print(story.standfirst),
    parts: text.finish().parts,
    lost,
  };
}
