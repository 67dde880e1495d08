// The little of pdfkit that a report uses, typed here: the package brings no declarations of its own that strict
// checking accepts, and nothing else of it is needed. Loaded when a PDF is first made.
import { createRequire } from "node:module";

export type Struct = { add(child: Struct | (() => void)): Struct; end(): void; dictionary: { data: Record<string, unknown> } };
export type TextOptions = {
  width?: number;
  align?: "left" | "right";
  continued?: boolean;
  indent?: number;
  goTo?: string | null;
  lineBreak?: boolean;
  lineGap?: number;
  rise?: number;
};
export type PdfPage = {
  width: number;
  height: number;
  margins: { top: number; bottom: number; left: number; right: number };
  dictionary: unknown;
};
export type Outline = { addItem(title: string): Outline };
export type PdfDocument = {
  x: number;
  y: number;
  page: PdfPage;
  outline: Outline;
  _currentStructureElement?: Struct;
  _root: { data: Record<string, unknown> };
  registerFont(name: string, source: string | Uint8Array): PdfDocument;
  font(name: string): PdfDocument;
  fontSize(size: number): PdfDocument;
  fillColor(colour: string): PdfDocument;
  text(text: string, x?: number | TextOptions, y?: number, options?: TextOptions): PdfDocument;
  heightOfString(text: string, options?: TextOptions): number;
  widthOfString(text: string, options?: TextOptions): number;
  currentLineHeight(gap?: boolean): number;
  struct(type: string, options?: Record<string, unknown> | (() => void), children?: (() => void) | Struct[]): Struct;
  addStructure(struct: Struct): PdfDocument;
  markContent(tag: string, options?: Record<string, unknown>): PdfDocument;
  endMarkedContent(): PdfDocument;
  addNamedDestination(name: string, ...where: unknown[]): void;
  goTo(x: number, y: number, width: number, height: number, name: string, options?: Record<string, unknown>): PdfDocument;
  addPage(): PdfDocument;
  bufferedPageRange(): { start: number; count: number };
  switchToPage(page: number): PdfPage;
  moveTo(x: number, y: number): PdfDocument;
  lineTo(x: number, y: number): PdfDocument;
  lineWidth(width: number): PdfDocument;
  stroke(colour?: string): PdfDocument;
  on(event: "data", listener: (chunk: Uint8Array) => void): void;
  on(event: "end" | "error", listener: (error?: Error) => void): void;
  end(): void;
};
export type PdfKit = new (options: Record<string, unknown>) => PdfDocument;

let loaded: PdfKit | undefined;
export const pdfKit = (): PdfKit => (loaded ??= createRequire(import.meta.url)("pdfkit") as PdfKit);

/** The code points a font file has glyphs for. */
export function glyphsOf(file: string): ReadonlySet<number> {
  const fontkit = createRequire(createRequire(import.meta.url).resolve("pdfkit"))("fontkit") as {
    openSync(path: string): { characterSet: number[] };
  };
  return new Set(fontkit.openSync(file).characterSet);
}
