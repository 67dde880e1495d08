// The text itself: the ProseMirror view, its keys, and what is pasted or dropped into it.
import { baseKeymap, chainCommands, createParagraphNear, splitBlock, toggleMark } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { Fragment, Slice, type Node } from "prosemirror-model";
import { EditorState, NodeSelection, Plugin, Selection, TextSelection, type Command } from "prosemirror-state";
import { dropPoint } from "prosemirror-transform";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";
import { figureViews } from "./editor-figures.ts";
import { menuPlugin, openForms } from "./editor-menu.ts";
import { make, ask } from "./make.ts";
import { pasteHtml, pasteText, type Pasted, type PastedInline } from "./paste.ts";
import { storySchema as schema } from "./story-schema.ts";

const EMPTY: Record<string, string> = { headline: "Headline", standfirst: "Standfirst: what is new, and how sure it is", heading: "Section title", paragraph: "Write. / puts something in, = a figure, @ a name" };

/** What stands where nothing is written. */
const placeholders = new Plugin({
  props: {
    decorations({ doc, selection }) {
      const found: Decoration[] = [];
      doc.forEach((node, at) => {
        const words = EMPTY[node.type.name];
        const isHere = selection.from > at && selection.from < at + node.nodeSize;
        if (words !== undefined && node.content.size === 0 && (node.type.name !== "paragraph" || isHere || doc.childCount === 3)) found.push(Decoration.node(at, at + node.nodeSize, { class: "empty", "data-empty": words }));
      });
      return DecorationSet.create(doc, found);
    },
  },
});

/** Enter goes on: from headline to standfirst, from there into the text; behind a title or a caption comes a paragraph. */
const goOn: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const kind = $from.parent.type.name;
  if (!empty || !["headline", "standfirst", "heading", "pull", "chart"].includes(kind)) return false;
  const after = $from.after(1);
  if (kind === "headline" || kind === "standfirst") dispatch?.(state.tr.setSelection(TextSelection.near(state.doc.resolve(after))).scrollIntoView());
  else if ($from.parentOffset === $from.parent.content.size) {
    const transaction = state.tr.insert(after, schema.nodes.paragraph!.create());
    dispatch?.(transaction.setSelection(TextSelection.create(transaction.doc, after + 1)).scrollIntoView());
  } else return false;
  return true;
};

const linkWords: Command = (state, dispatch, view) => {
  const { empty, from, to, $from } = state.selection;
  if (empty || $from.parent !== state.selection.$to.parent) return false;
  if (!dispatch || !view) return true;
  const input = make("input", { name: "path", placeholder: "/thefts", pattern: "/(?!/)[!-'*-~]*" });
  void ask("Link to a page of ours", [make("label", { className: "field" }, make("span", { textContent: "Its path" }), input)], [["link", "Link"], ["", "Leave"]], () => input.value.trim()).then((href) => {
    const transaction = view.state.tr.removeMark(from, to);
    if (href && /^\/(?!\/)[\x21-\x27\x2a-\x7e]{0,199}$/.test(href)) transaction.addMark(from, to, schema.marks.link!.create({ href }));
    if (href !== undefined) view.dispatch(transaction);
    view.focus();
  });
  return true;
};

/** By ourselves: the browser tells of it later, and the next key may be there before. */
const jump = (end: "start" | "end"): Command => (state, dispatch) => {
  dispatch?.(state.tr.setSelection(end === "end" ? Selection.atEnd(state.doc) : Selection.atStart(state.doc)).scrollIntoView());
  return true;
};

const figureForms: Command = (state, dispatch) => (state.selection instanceof NodeSelection && state.selection.node.type.name === "figure" ? openForms(state.selection.from)(state, dispatch) : false);

const keys = keymap({
  "Mod-z": undo,
  "Mod-y": redo,
  "Mod-Shift-z": redo,
  "Mod-i": toggleMark(schema.marks.emphasis!),
  "Mod-k": linkWords,
  "Mod-Home": jump("start"),
  "Mod-End": jump("end"),
  Enter: chainCommands(figureForms, goOn, createParagraphNear, splitBlock),
  // A way out for the keyboard (WCAG 2.1.2): Tab is the browser's own here.
  Escape: (_state, _dispatch, view) => (view?.dom.blur(), true),
});

export type StoryText = { view: EditorView; setEditable(isEditable: boolean): void; replace(doc: unknown): void };

export function openStoryText(place: HTMLElement, doc: unknown, options: { changed(doc: Node): void; told(words: string): void; csrf(): string; plugins: Plugin[] }): StoryText {
  let editable = true;
  const plugins = [menuPlugin(() => options.csrf()), keys, keymap(baseKeymap), history(), placeholders, ...options.plugins];
  const stateOf = (json: unknown) => EditorState.create({ doc: schema.nodeFromJSON(json), plugins });
  const take = (view: EditorView, pasted: Pasted, at?: number): void => {
    if (pasted.blocks.length === 0 && pasted.left_out.length === 0) return;
    if (at !== undefined) view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(at))));
    putIn(view, pasted);
    if (pasted.left_out.length > 0) options.told(`Left out: ${pasted.left_out.join("; ")}. A story holds words and links to our own pages.`);
  };
  const clipboard = (data: DataTransfer, plain: boolean): Pasted => {
    const source = plain ? "" : data.getData("text/html");
    return source === "" ? pasteText(data.getData("text/plain")) : pasteHtml(source, [location.origin]);
  };
  let isShifted = false;
  const view: EditorView = new EditorView(
    { mount: place },
    {
      state: stateOf(doc),
      nodeViews: figureViews,
      editable: () => editable,
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": "Story", "aria-haspopup": "listbox", spellcheck: "true" },
      dispatchTransaction(transaction) {
        view.updateState(view.state.apply(transaction));
        if (transaction.docChanged) options.changed(view.state.doc);
      },
      handleDOMEvents: {
        keydown: (_view, event) => ((isShifted = event.shiftKey), false),
        // Before ProseMirror reads them: it would make a page of what was pasted.
        paste(target, event) {
          event.preventDefault();
          if (event.clipboardData && target.editable) take(target, clipboard(event.clipboardData, isShifted));
          return true;
        },
        drop(target, event) {
          if (target.dragging?.slice.size) return false;
          event.preventDefault();
          const place = target.posAtCoords({ left: event.clientX, top: event.clientY });
          if (event.dataTransfer && target.editable && place) take(target, clipboard(event.dataTransfer, false), dropPoint(target.state.doc, place.pos, Slice.empty) ?? place.pos);
          return true;
        },
      },
    },
  );
  return {
    view,
    setEditable(isEditable) {
      editable = isEditable;
      view.setProps({});
      place.setAttribute("aria-readonly", String(!isEditable));
    },
    replace(json) {
      view.updateState(stateOf(json));
      options.changed(view.state.doc);
    },
  };
}

/** Blocks at the selection: one paragraph enters its line; into headline and standfirst everything enters as words. */
function putIn(view: EditorView, { blocks }: Pasted): void {
  const { state } = view;
  const { $from } = state.selection;
  const isLine = ["headline", "standfirst", "heading"].includes($from.parent.type.name);
  const inline = (content: readonly PastedInline[]): Node[] => content.map((node) => schema.nodeFromJSON(node));
  const only = blocks.length === 1 && blocks[0]!.type === "paragraph" ? blocks[0]! : undefined;
  let slice: Slice;
  if (only || isLine) {
    const parts = blocks.flatMap(({ content }, at) => [...(at > 0 ? [schema.text(" ")] : []), ...inline(content)]);
    slice = new Slice(Fragment.from(parts), 0, 0);
  } else {
    const nodes = blocks.map(({ type, attrs, content }) => schema.nodes[type]!.create(attrs, inline(content)));
    const isOpen = (node: Node | undefined) => (node?.type.name === "paragraph" ? 1 : 0);
    slice = new Slice(Fragment.from(nodes), isOpen(nodes[0]), isOpen(nodes.at(-1)));
  }
  view.dispatch(state.tr.replaceSelection(slice).scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
}
