// A figure made while writing: a few rules in a form, its answer, its rows and its words at once, and defined when they are
// right. The rules that the form has no field for are for the command: tracewire figure --define.
import Type from "typebox";
import { KINDS, kindSpec, type Kind } from "../../casefile/casefile.ts";
import { TracewireError } from "../../errors.ts";
import { appendFigureSpec, computeOrFault, findFigureSpec, parseFigureSpec, type FigureSpec } from "../../figures/figures.ts";
import { slugOf } from "../../press/press.ts";
import { oneOf } from "../../schema.ts";
import { fillFigure } from "../look-at-story.ts";
import { deskRoute, type DeskAnswer, type DeskRoute, type SignedInContext } from "../route.ts";

const words = Type.Optional(Type.String({ maxLength: 200 }));
const FORM = Type.Object(
  {
    act: oneOf(["try", "define"] as const),
    title: Type.String({ minLength: 3, maxLength: 200 }),
    measure: oneOf(["quote", "count", "sum"] as const),
    of: oneOf(Object.keys(KINDS) as Kind[]),
    subject: words,
    field: words,
    currency: words,
    claimant: words,
    from: words,
    to: words,
  },
  { additionalProperties: false },
);
type Form = { act: "try" | "define"; title: string; measure: "quote" | "count" | "sum"; of: Kind; subject?: string; field?: string; currency?: string; claimant?: string; from?: string; to?: string };

/** What the form offers: kinds, and the fields of each. */
export const figureChoices = (): { kind: Kind; many: string; fields: string[] }[] =>
  (Object.keys(KINDS) as Kind[]).map((kind) => ({ kind, many: kindSpec(kind).many, fields: Object.entries(kindSpec(kind).fields).flatMap(([name, field]) => (field.private ? [] : [name])) }));

/** Throws BAD_FIGURE_SPEC naming the rule. */
function specOf({ title, measure, of, subject, field, currency, claimant, from, to }: Form): FigureSpec {
  return parseFigureSpec({
    id: slugOf(title),
    title,
    measure,
    of,
    ...(subject === undefined ? {} : { subject }),
    ...(field === undefined || measure === "count" ? {} : { field }),
    ...(currency === undefined ? {} : { currency }),
    ...(claimant === undefined ? {} : { choice: { claimants: [claimant], otherwise: "refuse" } }),
    ...(from === undefined && to === undefined ? {} : { period: { basis: "date", from: from ?? to, to: to ?? from } }),
  });
}

function makeFigure(context: SignedInContext, { form }: { form: Form }): DeskAnswer {
  const { log } = context.newsroom;
  const spec = specOf(form);
  if (findFigureSpec(log, spec.id)) throw new TracewireError("BAD_FIGURE_SPEC", { what: `title: there is a figure “${spec.id}” already`, where: "title", hint: "Use it, or give this one another title." });
  const figure = computeOrFault(log, spec, log.size());
  if (figure instanceof TracewireError) throw figure;
  if (form.act === "define") context.write("figure.define", spec.id, (transaction) => appendFigureSpec(transaction, spec, context.who.user.handle));
  return { json: { figure: fillFigure(log, { id: spec.id, spec }, figure, true), defined: form.act === "define" } };
}

export const figureRoutes: DeskRoute[] = [
  deskRoute({
    method: "GET",
    path: "/find/kinds",
    about: "Kinds and their fields, for the form of a new figure.",
    rule: { for: "stories.write" },
    run: () => ({ json: { kinds: figureChoices() } }),
  }),
  deskRoute({
    method: "POST",
    path: "/find/new-figure",
    about: "Tries the rules of a new figure and shows its answer, or defines it.",
    rule: { for: "stories.write" },
    form: FORM,
    run: makeFigure,
  }),
];
