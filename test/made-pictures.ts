// Pictures made here, for tests: honest ones with a camera's notes in them, and hostile ones.
import { crc32 } from "node:zlib";
import sharp from "sharp";

export const SECRET_CAMERA = "Camera of a secret source";

/** A small landscape of two bands, with EXIF: a camera, a place, a turn by 90 degrees if asked. */
export async function madePhoto({ width = 640, height = 400, format = "jpeg" as "jpeg" | "png" | "webp", orientation = 1 } = {}): Promise<Uint8Array> {
  const band = { create: { width, height: Math.floor(height / 2), channels: 3 as const, background: "#26547c" } };
  const picture = sharp({ create: { width, height, channels: 3, background: "#e9c46a" } })
    .composite([{ input: band, left: 0, top: 0 }])
    .withExif({
      IFD0: { Make: SECRET_CAMERA, Copyright: "somebody" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "39/1 1/1 0/1", GPSLongitudeRef: "E", GPSLongitude: "125/1 45/1 0/1" },
    })
    .withIccProfile("p3")
    .withMetadata({ orientation });
  return new Uint8Array(await picture.toFormat(format).toBuffer());
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** A PNG whose head says that it is larger than any memory; its data is a few bytes. */
function bomb(side: number): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return joined(text("\x89PNG\r\n\x1a\n").subarray(1), pngChunk("IHDR", head), pngChunk("IDAT", Buffer.from([0x78, 0x9c, 3, 0, 0, 0, 0, 1])), pngChunk("IEND", Buffer.alloc(0)));
}

function pngChunk(name: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** [what it is, its file name, its bytes, the words of the refusal] */
export async function hostilePictures(): Promise<[what: string, file: string, bytes: Uint8Array, words: RegExp][]> {
  const jpeg = await madePhoto();
  const png = await madePhoto({ format: "png" });
  const webp = await madePhoto({ format: "webp" });
  const zipEnd = joined(text("PK\x05\x06"), new Uint8Array(18));
  // Two frames that differ: equal ones are written as one.
  const frames = sharp(Buffer.concat([Buffer.alloc(400 * 400 * 3, 120), Buffer.alloc(400 * 400 * 3, 30)]), { raw: { width: 400, height: 800, channels: 3, pageHeight: 400 } });
  const animated = new Uint8Array(await frames.clone().webp({ loop: 0, delay: [100, 100] }).toBuffer());
  const gif = new Uint8Array(await frames.clone().gif().toBuffer());
  const apng = joined(png.subarray(0, 33), pngChunk("acTL", Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])), png.subarray(33));
  const comment = (words: string) => joined(jpeg.subarray(0, 2), new Uint8Array([0xff, 0xfe, 0, words.length + 2]), text(words), jpeg.subarray(2));
  const noise = await sharp(Buffer.from(Array.from({ length: 1600 * 1600 * 3 }, (_, at) => (Math.imul(at + 1, 2_654_435_761) >>> 13) & 255)), {
    raw: { width: 1600, height: 1600, channels: 3 },
  })
    .png()
    .toBuffer();
  return [
    ["nothing", "a.jpg", new Uint8Array(), /empty/],
    ["an SVG with script", "a.svg", text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), /an SVG, which is a page/],
    ["an SVG with an XML head, named as a picture", "a.png", text('<?xml version="1.0"?>\n<!-- x -->\n<svg onload="alert(1)"/>'), /an SVG/],
    ["a page", "a.jpg", text("<!doctype html><script>alert(1)</script>"), /a page/],
    ["a GIF that moves", "a.gif", gif, /a GIF/],
    ["a PDF", "a.jpg", text("%PDF-1.7 …"), /a PDF/],
    ["an archive", "a.webp", text("PK\x03\x04…"), /an archive/],
    ["words", "a.png", text("not a picture"), /no picture/],
    ["a wrong extension", "a.png", jpeg, /ends in “\.png”, but its bytes are image\/jpeg/],
    ["an extension of a page", "a.html", png, /ends in “\.html”/],
    ["a WebP that moves", "a.webp", animated, /It moves/],
    ["a PNG that moves", "a.png", apng, /It moves/],
    ["a JPEG with an archive behind it", "a.jpg", joined(jpeg, text("PK\x03\x04…"), zipEnd), /behind the picture's end/],
    ["a PNG with a script behind it", "a.png", joined(png, text("<script>alert(1)</script>")), /25 bytes stand behind/],
    ["a WebP with a page behind it", "a.webp", joined(webp, text("<html>")), /behind the picture's end/],
    ["a JPEG with a page in its comment", "a.jpg", comment("*/=alert(1)/*<script src=a.jpg></script>"), /carries “<script”/],
    ["a JPEG with PHP in its comment", "a.jpg", comment("<?php system($_GET[1]); ?>"), /carries “<\?php”/],
    ["a JPEG with a PDF in its comment", "a.jpg", comment("%PDF-1.4"), /carries “%PDF-1”/],
    ["a PNG that unfolds to gigabytes", "a.png", bomb(60_000), /unfolds to 60000 × 60000 pixels/],
    ["a JPEG that breaks off", "a.jpg", jpeg.subarray(0, jpeg.length - 40), /breaks off/],
    ["a PNG that breaks off", "a.png", png.subarray(0, png.length - 40), /breaks off/],
    ["a WebP that breaks off", "a.webp", webp.subarray(0, webp.length - 40), /breaks off/],
    ["a PNG whose data is not what its head says", "a.png", bomb(400), /cannot be decoded/],
    ["a stamp", "a.png", await madePhoto({ width: 64, height: 64, format: "png" }), /64 pixels wide/],
    ["a strip", "a.png", await madePhoto({ width: 400, height: 4_000, format: "png" }), /over 4 times the other/],
    ["noise", "a.png", new Uint8Array(noise), /weighs more than/],
    ["too many bytes", "a.jpg", joined(jpeg, new Uint8Array(20 * 2 ** 20)), /at most 20971520/],
  ];
}
