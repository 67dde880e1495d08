// Entry of the limited child that draws: what is asked and the bytes on stdin, on stdout one line of JSON and, for a picture,
// its bare pixels (RGBA, row by row). Pixels have no format that somebody could be tricked by.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readChildInput } from "./child-input.ts";
import type { DrawAsked, Drawn } from "./draw.ts";
import { Unreadable } from "./extraction.ts";
import type { PlacedText } from "./extractors/pdf.ts";

// fpdfview.h
const PASSWORD = 4;
const BGRA = 4;
const WITH_NOTES = 0x01;
const AS_RGBA = 0x10;

const { asked, bytes } = await readChildInput<DrawAsked>();

try {
  if (asked.what === "places") {
    const { placePdfText } = await import("./extractors/pdf.ts");
    answer({ places: await placePdfText(bytes, asked.page) });
  } else {
    const { pixels, ...drawn } = asked.media_type === "application/pdf" ? await drawPdf(asked) : await drawImage(asked);
    answer(drawn, pixels);
  }
} catch (error) {
  answer({ reason: error instanceof Unreadable ? error.message : `it cannot be drawn: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 300)}` });
}

function answer(line: Drawn | { reason: string } | { places: PlacedText[] }, pixels?: Uint8Array): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
  process.stdout.write(pixels ?? "", () => process.exit(0));
}

type Ask = Extract<DrawAsked, { what: "picture" }>;

/** PDFium, compiled to WebAssembly: it sees its own memory and nothing else. No form is filled, no script of a document runs. */
async function drawPdf({ page: number, width_max, pixels_max }: Ask): Promise<Drawn & { pixels: Uint8Array }> {
  const { init } = await import("@embedpdf/pdfium");
  const program = readFileSync(fileURLToPath(import.meta.resolve("@embedpdf/pdfium/pdfium.wasm")));
  const lib = await init({ wasmBinary: program.buffer.slice(program.byteOffset, program.byteOffset + program.length) as ArrayBuffer });
  lib.PDFiumExt_Init();
  const at = lib.pdfium.wasmExports.malloc(bytes.length);
  if (at === 0) throw new Unreadable("there is no room to draw it");
  // Looked up at each use: the array is another one when its memory has grown.
  const memory = () => (lib.pdfium as unknown as { HEAPU8: Uint8Array }).HEAPU8;
  memory().set(bytes, at);
  const document = lib.FPDF_LoadMemDocument(at, bytes.length, "");
  if (document === 0) throw new Unreadable(lib.FPDF_GetLastError() === PASSWORD ? "it is protected by a password" : "it is no PDF that can be drawn");
  const pages = lib.FPDF_GetPageCount(document);
  if (number > pages) throw new Unreadable(`it has ${pages} pages`);
  const page = lib.FPDF_LoadPage(document, number - 1);
  if (page === 0) throw new Unreadable(`page ${number} is damaged`);
  const [w, h] = [lib.FPDF_GetPageWidthF(page), lib.FPDF_GetPageHeightF(page)];
  if (!(w > 0 && h > 0 && Number.isFinite(w * h))) throw new Unreadable(`page ${number} has no size`);
  const scale = Math.min(width_max / w, Math.sqrt(pixels_max / (w * h)));
  const [width, height] = [Math.max(1, Math.floor(w * scale)), Math.max(1, Math.floor(h * scale))];
  const bitmap = lib.FPDFBitmap_CreateEx(width, height, BGRA, 0, 0);
  if (bitmap === 0) throw new Unreadable("there is no room to draw it");
  lib.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
  lib.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, WITH_NOTES | AS_RGBA);
  const from = lib.FPDFBitmap_GetBuffer(bitmap);
  const stride = lib.FPDFBitmap_GetStride(bitmap);
  const pixels = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row += 1) pixels.set(memory().subarray(from + row * stride, from + row * stride + width * 4), row * width * 4);
  return { width, height, pages, pixels };
}

/** The first picture of the file, turned as its camera says, no wider than asked. */
async function drawImage({ width_max, pixels_max, decoded_pixels_max }: Ask): Promise<Drawn & { pixels: Uint8Array }> {
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  const { width = 0, height = 0 } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (width * height > decoded_pixels_max) throw new Unreadable(`it unfolds to ${width} × ${height} pixels; at most ${decoded_pixels_max} are decoded`);
  const side = Math.floor(Math.sqrt(pixels_max));
  const { data, info } = await sharp(bytes, { limitInputPixels: decoded_pixels_max })
    .autoOrient()
    .resize({ width: Math.min(width_max, side), height: side, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pages: 1, pixels: data };
}
