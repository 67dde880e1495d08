// Articles of a public wiki of incidents: the head of each, the dated lines of its timeline with the dates that the
// addresses it cites carry, and the losses that it itemises. Facts are read, sentences are not passed on.
import { TracewireError } from "../../errors.ts";
import { textOf, type DatasetReader, type Row } from "../reader.ts";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

export const incidentWiki: DatasetReader = {
  format: "incident-wiki",
  version: "1",
  title: "Incident articles of a public wiki",
  publisher: "DN Institute wiki of incidents",
  files: "one Markdown file for each incident, YYYY-MM-DD-Name.md",
  grade: "copy",
  source_grade: "C",
  item_grade: "3",
  lacks: "Who wrote or checked an article is not said; losses are as its writer found them, on no stated valuation date.",
  recognises: (name) => /^\d{4}-\d{2}-\d{2}-.+\.md$/.test(name),
  read(files) {
    const articles: Row[] = [];
    const timeline: Row[] = [];
    const losses: Row[] = [];
    const places: [number[], number[]] = [[], []];
    for (const [place, file] of files.entries()) {
      const text = textOf(file).replaceAll("\r\n", "\n");
      const head = /^---\n(.*?)\n---\n/s.exec(text)?.[1];
      if (head === undefined)
        throw new TracewireError("BAD_INPUT", { what: "There is no head between two lines of ---", where: `${file.name}:1` });
      const article = file.name.replace(/\.md$/, "");
      const loss = headValue(head, "loss");
      articles.push({
        article,
        date: headValue(head, "date"),
        target: headList(head, "target-entities").join("; "),
        kind: headList(head, "entity-types").join("; "),
        attack: headList(head, "attack-types").join("; "),
        tags: headList(head, "tags").join("; "),
        loss: /^\d+(\.\d+)?$/.test(loss) ? loss : "",
        links: String([...text.matchAll(/\]\(https?:/g)].length),
      });
      for (const row of timelineRows(article, section(text, "Timeline"))) places[0].push(timeline.push(row) && place);
      for (const row of lossRows(article, section(text, "Losses"))) places[1].push(losses.push(row) && place);
    }
    return {
      tables: [
        {
          name: "articles",
          columns: ["article", "date", "target", "kind", "attack", "tags", "loss", "links"],
          key: ["article"],
          rows: articles,
          files: [...files.keys()],
        },
        { name: "timeline", columns: ["article", "at", "date", "cited_dates"], key: ["article", "at"], rows: timeline, files: places[0] },
        { name: "losses", columns: ["article", "part", "amount"], key: ["article", "part"], rows: losses, files: places[1] },
      ],
    };
  },
};

function headValue(head: string, key: string): string {
  return (new RegExp(`^${key}:[ \\t]*(.*)$`, "m").exec(head)?.[1] ?? "").trim().replace(/^"(.*)"$/, "$1");
}

function headList(head: string, key: string): string[] {
  const one = headValue(head, key);
  if (one) return [one];
  const block = new RegExp(`^${key}:[ \\t]*\\n((?:[ \\t]+- .*\\n?)+)`, "m").exec(head)?.[1] ?? "";
  return [...block.matchAll(/- (.+)/g)].map((match) => match[1]!.trim());
}

const section = (text: string, name: string): string =>
  new RegExp(`^## ${name}:?[^\\n]*\\n(.*?)(?=^## |$(?![\\s\\S]))`, "ms").exec(text)?.[1] ?? "";

/** "- **May 7, 2023:** … [Source](https://…/2022/05/08/…)" → its date, and the dates that stand in its addresses. */
function timelineRows(article: string, text: string): Row[] {
  return [...text.matchAll(/^- \*\*([A-Z][a-z]+) (\d{1,2}), (\d{4})(.*?)$/gm)].flatMap((match, at) => {
    const month = MONTHS.indexOf(match[1]!) + 1;
    if (month === 0) return [];
    const date = `${match[3]}-${String(month).padStart(2, "0")}-${match[2]!.padStart(2, "0")}`;
    const cited = [...match[4]!.matchAll(/https?:\/\/[^)\s]*?\/((?:19|20)\d{2})\/(\d{2})(?:\/(\d{2}))?\//g)].map((found) =>
      found.slice(1, 4).filter(Boolean).join("-"),
    );
    return [{ article, at: String(at + 1), date, cited_dates: cited.join("; ") }];
  });
}

/** "- Ethereum: $10,716,942", "- Bitcoin: Approximately $37,148,196" */
function lossRows(article: string, text: string): Row[] {
  return [
    ...text.matchAll(/^- \**([A-Za-z0-9 ().-]{2,40}?)\**: *(?:[Aa]pproximately |[Aa]round |~)?\$([\d,]+)(?![\d.]* ?(?:million|billion))/gm),
  ].map((match) => ({
    article,
    part: match[1]!.trim(),
    amount: match[2]!.replaceAll(",", ""),
  }));
}
