// A text as a QR code (ISO/IEC 18004), for a telephone's camera: drawn into the page, because the desk's pages load no
// picture from data: and hand no secret to another address.
import encodeQR from "qr";
import { html, type Html } from "../site/site.ts";

/** The light edge that readers need, in modules (ISO/IEC 18004 §6.3.8). */
const QUIET_ZONE = 4;

/** Black on white in dark mode too: most readers take no other. `words`: what it holds, for who does not see it. */
export function qrPicture(text: string, words: string): Html {
  const modules = encodeQR(text, "raw", { ecc: "medium", border: QUIET_ZONE });
  const size = modules.length;
  const path = modules.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${words}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}
