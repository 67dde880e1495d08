// A story is a document tree of one strict schema; a number in it is a node that names a figure, so no number can be
// typed and no HTML is ever stored. The text form (story-text.ts) and later the desk's editor both make this tree.
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { oneOf } from "../schema.ts";
import { FIGURE_FORMS } from "./figure-forms.ts";

const closed = { additionalProperties: false };
const INLINE_MAX = 200;
const BLOCKS_MAX = 200;
const figureId = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{2,79}$" });
const plain = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const line = (maxLength: number) => Type.String({ pattern: "^\\S(.*\\S)?$", maxLength });

const textNode = Type.Object({ type: Type.Literal("text"), text: plain(4_000) }, closed);
const emphasisNode = Type.Object({ type: Type.Literal("emphasis"), text: plain(400) }, closed);
const figureNode = Type.Object({ type: Type.Literal("figure"), id: figureId, form: oneOf(FIGURE_FORMS) }, closed);
/** A name that has digits in it, such as a document's symbol. It must stand in a released claim. */
const nameNode = Type.Object({ type: Type.Literal("name"), text: plain(120) }, closed);
/** A date to its precision; it must stand in a released claim. */
const dateNode = Type.Object({ type: Type.Literal("date"), date: Type.String({ pattern: "^\\d{4}(-\\d{2}(-\\d{2})?)?$" }) }, closed);
const linkNode = Type.Object(
  { type: Type.Literal("link"), href: Type.String({ pattern: "^/(?!/)[\\x21-\\x7e]*$", maxLength: 200 }), text: plain(200) },
  closed,
);
const inline = Type.Array(Type.Union([textNode, emphasisNode, figureNode, nameNode, dateNode, linkNode]), {
  minItems: 1,
  maxItems: INLINE_MAX,
});

const paragraph = Type.Object({ type: Type.Literal("paragraph"), content: inline }, closed);
const pull = Type.Object({ type: Type.Literal("pull"), figure: figureId, form: oneOf(FIGURE_FORMS), content: inline }, closed);
const chart = Type.Object({ type: Type.Literal("chart"), figure: figureId, content: inline }, closed);
const section = Type.Object(
  { title: Type.Union([inline, Type.Null()]), blocks: Type.Array(Type.Union([paragraph, pull, chart]), { maxItems: BLOCKS_MAX }) },
  closed,
);

/**
 * A picture that somebody supplied, as a file beside the story's. What may be missing here is missing from a text that is
 * still being written: the lint refuses to publish it so.
 */
const photo = Type.Object(
  {
    file: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$" }),
    credit: Type.Optional(line(200)),
    licence: Type.Optional(line(200)),
    /** For those who do not see it: what it shows. */
    alt: Type.Optional(line(600)),
    caption: Type.Optional(inline),
  },
  closed,
);

/** A day, or a moment in UTC, as the source states it. */
const moment = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}:\\d{2}(\\.\\d{3})?Z)?$" });
const webAddress = (maxLength: number) => Type.String({ pattern: "^https?://[\\x21-\\x7e]+$", maxLength });

/** Where a story comes from that another publication had printed: all of it as its file states it (decisions/0015). */
const archive = Type.Object(
  {
    from: line(120),
    /** By which the source names it: the same post is known again in a second import. */
    key: line(500),
    published: moment,
    updated: Type.Optional(moment),
    address: Type.Optional(webAddress(500)),
    /** Paths at which it stood: requests for them are led to it. */
    paths: Type.Array(Type.String({ pattern: "^/[\\x21-\\x7e]+$", maxLength: 300 }), { maxItems: 8 }),
    tags: Type.Array(line(80), { maxItems: 30 }),
    /** What its text linked to, elsewhere. */
    links: Type.Array(Type.Object({ text: line(200), href: webAddress(500) }, closed), { maxItems: 200 }),
    /** SHA-256 of what the import made of it, in hex: tells a changed source from an edit here. */
    taken: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  },
  closed,
);

export const StorySchema = Type.Object(
  {
    /**
     * A press release is somebody's own text: it is marked as supplied and never stands among the reporting. An archive story
     * is another publication's, taken over as it stood: nothing in it was checked or bound here.
     */
    type: oneOf(["story", "release", "archive"] as const),
    supplied_by: Type.Optional(plain(120)),
    archive: Type.Optional(archive),
    slug: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{2,99}$" }),
    topic: plain(40),
    byline: plain(80),
    /** When what it tells of happened; the time of writing is the log's. */
    happened: Type.String({ pattern: "^\\d{4}(-\\d{2}(-\\d{2})?)?$" }),
    picture: Type.Optional(figureId),
    photo: Type.Optional(photo),
    headline: inline,
    standfirst: inline,
    sections: Type.Array(section, { minItems: 1, maxItems: 40 }),
    /** Subjects of kind reply whose claims stand in the reply box; the box is always there. */
    replies: Type.Array(Type.String({ pattern: "^reply/[a-z0-9.-]+$" }), { maxItems: 20 }),
  },
  closed,
);

export type Story = Static<typeof StorySchema>;
export type ArchiveNote = NonNullable<Story["archive"]>;
export type Inline = Static<typeof inline>;
export type InlineNode = Inline[number];
export type Block = Story["sections"][number]["blocks"][number];

export const compiledStory = Compile(StorySchema);
