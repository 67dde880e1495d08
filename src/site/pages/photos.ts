// Versions of supplied pictures, by the hash of their bytes. Only what a publication shows has such an address.
import { findPhotoVersion } from "../../press/press.ts";
import type { Route } from "../route.ts";

export const photoRoutes: Route[] = [
  {
    path: "/pictures/:file",
    about: "A version of a supplied picture, made anew from its pixels; the name is the hash of its bytes.",
    render(context, { params }) {
      const found = findPhotoVersion(context.log, params.file!);
      const bytes = found && found.seq < context.at.log_size ? context.blobs.get(found.sha256) : undefined;
      return (
        bytes && {
          content_type: found!.media_type,
          body: bytes,
          depends: ["photos"],
          headers: { "cache-control": "public, max-age=31536000, immutable", "cross-origin-resource-policy": "cross-origin" },
        }
      );
    },
  },
];
