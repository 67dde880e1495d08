// What the API says about itself: its description for programs, the same as a page for people, its errors.
import Type from "typebox";
import { ERRORS, TracewireError, type ErrorCode } from "../../errors.ts";
import { endpoint } from "../endpoint.ts";
import { openApiPage } from "../openapi-page.ts";
import { closed, named, text } from "../schemas.ts";

export const aboutEndpoints = [
  endpoint({
    method: "GET",
    path: "/",
    group: "about",
    about: "This description as a page, without script and without anything from elsewhere.",
    answer: Type.String(),
    type: "text/html; charset=utf-8",
    run: (context) => ({ body: context.memo("api page", () => openApiPage(JSON.parse(context.openApi()))), type: "text/html; charset=utf-8" }),
  }),
  endpoint({
    method: "GET",
    path: "/openapi.json",
    group: "about",
    about: "The API as OpenAPI 3.1.",
    answer: Type.Object({ openapi: text("3.1.1") }, { additionalProperties: true }),
    run: (context) => ({ json: context.openApi() }),
  }),
  endpoint({
    method: "GET",
    path: "/errors/{code}",
    group: "about",
    about: "What an error code means and what to do.",
    params: Type.Object({ code: text("Code", { maxLength: 60 }) }, closed),
    answer: named("ErrorCode", Type.Object({ code: text("Code"), summary: text("What happened"), hint: text("What to do"), status: Type.Integer() }, closed)),
    run(_, { params }) {
      if (!Object.hasOwn(ERRORS, params.code)) throw new TracewireError("NOT_FOUND", { what: "There is no such code" });
      const { summary, hint, status } = ERRORS[params.code as ErrorCode];
      return { body: { code: params.code, summary, hint, status } };
    },
  }),
];
