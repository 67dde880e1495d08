// What people paste, as the programs put it on the clipboard (written for these tests after their manner): it comes in as the
// story's own blocks, and nothing else does.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { pasteHtml, pasteText, type Pasted } from "./client/paste.ts";
import { storySchema } from "./client/story-schema.ts";
import { textOfDocument } from "./story-document.ts";

/** A block a line: # heading, *emphasis*, [link](/path), {{figure}}. */
const shown = ({ blocks }: Pasted): string[] =>
  blocks.map(({ type, attrs, content }) => {
    const words = content.map(({ type: kind, text, attrs: own, marks }) =>
      kind === "text" ? (marks?.[0]?.type === "emphasis" ? `*${text!}*` : marks?.[0]?.type === "link" ? `[${text!}](${marks[0].attrs.href})` : text!) : `{{${Object.values(own!).join("|")}}}`,
    );
    return `${type === "heading" ? "# " : type === "paragraph" ? "" : `!${type} ${attrs!.figure!} `}${words.join("")}`;
  });

test("from Word: headings of a class, lists without their bullets, footnote marks, conditional comments, o:p", () => {
  const word = `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15"><!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]--><style><!-- p.MsoNormal {margin:0cm; font-family:"Calibri",sans-serif;} @page WordSection1 {size:595.3pt 841.9pt;} --></style></head>
<body lang=EN-GB style='tab-interval:36.0pt'><!--StartFragment--><div class=WordSection1>
<p class=MsoTitle>What the bridge lost<o:p></o:p></p>
<h2><span style='mso-fareast-font-family:"Times New Roman"'>How it came about<o:p></o:p></span></h2>
<p class=MsoNormal><span lang=EN-US>The Panel   writes that the money
went <i style='mso-bidi-font-style:normal'>through a mixer</i><a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference>[1]</span></a>.<o:p></o:p></span></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>First&nbsp;the exchange<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoNormal><b>Then</b> the bridge<span style='mso-comment-continuation:1'></span>. <img width=120 src="file:///C:/TEMP/clip_image002.png"></p>
</div><!--EndFragment--></body></html>`;
  const pasted = pasteHtml(word);
  assert.deepEqual(shown(pasted), ["# What the bridge lost", "# How it came about", "The Panel writes that the money went *through a mixer*.", "First the exchange", "Then the bridge."]);
  assert.deepEqual(pasted.left_out, ["a picture", "the mark of a footnote", "the mark of an item of a list (it is a paragraph)", "bold type"]);
});

test("from Google Docs: bold wrapper that is not bold, italics by style, links through its own redirect", () => {
  const docs = `<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1b2c"><h1 dir="ltr" style="line-height:1.38;margin-top:20pt;"><span style="font-size:20pt;font-family:Arial;font-style:normal;">A title</span></h1><p dir="ltr" style="line-height:1.38;"><span style="font-size:11pt;font-style:normal;white-space:pre-wrap;">They </span><span style="font-size:11pt;font-style:italic;white-space:pre-wrap;">say</span><span style="font-style:normal;"> so, see </span><a href="https://www.google.com/url?q=https://example.org/a&amp;sa=D" style="text-decoration:none;"><span style="color:#1155cc;font-style:normal;text-decoration:underline;">the list</span></a><span>.</span></p><br /><ul style="margin-top:0;"><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>one</span></p></li><li dir="ltr"><p dir="ltr" role="presentation"><span>another</span></p></li></ul></b><br class="Apple-interchange-newline">`;
  const pasted = pasteHtml(docs);
  assert.deepEqual(shown(pasted), ["# A title", "They *say* so, see the list.", "one", "another"]);
  assert.deepEqual(pasted.left_out, ["the address of a link to another site", "the marks of 2 items of lists (each is a paragraph)"]);
});

test("from mail: lines by br, quotations, a hidden preheader, a tracker, a layout table", () => {
  const gmail = `<div dir="ltr"><div style="display:none;max-height:0">Open to see what&zwnj;&nbsp;&zwnj;</div>Dear desk,<br><br>we deny it.<br>All of it.<div><br></div><div>Regards</div><img src="https://t.example/o.gif" width="1" height="1"><br><div class="gmail_quote"><div class="gmail_attr">On Mon the desk wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">Do you deny it?</blockquote></div></div>`;
  assert.deepEqual(shown(pasteHtml(gmail)), ["Dear desk,", "we deny it. All of it.", "Regards", "On Mon the desk wrote:", "Do you deny it?"]);
  const table = `<table role="presentation"><tbody><tr><td><table><tr><td>Bridge</td><td>taken</td></tr><tr><td>Casino</td><td><em>denied</em></td></tr></table></td></tr></tbody></table>`;
  assert.deepEqual(shown(pasteHtml(table)), ["Bridge · taken", "Casino · *denied*"]);
  assert.deepEqual(pasteHtml(table).left_out, ["the grid of a table (each row is a paragraph)"], "the one inside; the other is layout");
  assert.deepEqual(pasteHtml(gmail).left_out, ["a picture"]);
  const long = pasteText("word ".repeat(100_000)).left_out;
  assert.deepEqual(long, ["the last 100,000 characters: at most 400,000 come in at once"]);
});

test("from the web: menus' scripts, references and edit links fall away; links to our own pages stay as paths", () => {
  const web = `<article><h3 class="x">Background<span class="mw-editsection">[<a href="/w/edit">edit</a>]</span></h3><p onclick="alert(1)">A <a href="https://desk.example.org/thefts/2022-04-14-ronin-bridge" title="t">theft</a> and <a href="javascript:alert(1)">no link</a>.<sup id="cite_ref-1" class="reference"><a href="#cite_note-1">[1]</a></sup></p><script>alert(1)</script><style>p{}</style><svg onload=alert(1)><text>drawn</text></svg><iframe src="//evil.example"></iframe><form action="//evil.example"><button>Buy</button></form><p hidden>not seen</p><details><summary>More</summary>told</details></article>`;
  const pasted = pasteHtml(web, ["https://desk.example.org"]);
  assert.deepEqual(shown(pasted), ["# Background", "A [theft](/thefts/2022-04-14-ronin-bridge) and no link.", "More", "told"]);
  assert.deepEqual(pasted.left_out, ["a picture", "the address of a link to another site", "the mark of a footnote", "2 drawings or parts of forms"]);
});

test("from the editor itself: figures, names, dates, pulls come in as what they are", () => {
  const own = `<div data-pm-slice="0 0 []"><h2>Part</h2><p>There were <span data-figure="thefts" data-form="words">seven</span> by <time data-date="2024-02">Feb 2024</time>, says <span data-name="S/2024/215">S/2024/215</span>.</p><story-pull data-figure="thefts" data-form="exact">seen</story-pull></div>`;
  assert.deepEqual(shown(pasteHtml(own)), ["# Part", "There were {{thefts|words}} by {{2024-02}}, says {{S/2024/215}}.", "!pull thefts seen"]);
});

test("Markdown and plain text: titles, lists, quotations, links, emphasis; an underscore in a word is none", () => {
  const markdown = "Title of it\n===========\n\nIt is *said* by **them**, in a\nfile_name_here and _so_.\n\n- one\n- two [there](/thefts) ![p](x.png)\n\n> quoted\n> on\n\n---\n\n## Next ##\n\n1. Then `code` and [out](https://example.org \"t\") 2 * 3 * 4 \\*as such\\*\n";
  const pasted = pasteText(markdown);
  assert.deepEqual(shown(pasted), ["# Title of it", "It is *said* by them, in a file_name_here and *so*.", "one", "two [there](/thefts)", "quoted on", "# Next", "Then code and out 2 * 3 * 4 *as such*"]);
  assert.deepEqual(pasted.left_out, ["a picture", "the address of a link to another site", "the marks of 3 items of lists (each is a paragraph)", "bold type"]);
});

test("whatever is pasted is a document of the story's schema, and no two spaces or signs of no width come along", (t) => {
  const runs = scaled(500);
  announce(t, "pastes", runs);
  const tag = fc.constantFrom("p", "div", "b", "em", "a href='/x y'", "a href='//e'", "span data-figure='..'", "span data-figure='thefts' data-form='loud'", "time data-date='soon'", "span data-name='{{'", "td", "table", "li", "script", "style", "svg", "math", "template", "noscript", "br", "img src=x onerror=alert(1)", "h1", "story-pull data-figure='a-b-c'", "plaintext", "textarea", "!--", "/p", "/div", "/b");
  const piece = fc.oneof(tag.map((name) => `<${name}>`), fc.string({ maxLength: 8 }), fc.constantFrom("&nbsp;", "\u200b", "  ", "]]>", "&lt;script&gt;", "\u0000"));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")), fc.boolean(), (source, isHtml) => {
      const { blocks } = isHtml ? pasteHtml(source) : pasteText(source);
      const doc = { type: "doc", content: [{ type: "headline" }, { type: "standfirst" }, ...(blocks.length > 0 ? blocks : [{ type: "paragraph" }])] };
      const node = storySchema.nodeFromJSON(doc);
      node.check();
      assert.doesNotMatch(node.textContent, /[\u200b\u00ad\n]|  /);
      textOfDocument({ slug: "a-story", topic: "T", byline: "T", happened: "2024" }, JSON.parse(JSON.stringify(node.toJSON())));
    }),
    { numRuns: runs, seed },
  );
});
