// The OpenAPI document as a page: made here, without script, without anything from elsewhere.
import { escapeHtml } from "../escape-html.ts";
import { assetHref } from "../site/site.ts";

type Schema = { $ref?: string; type?: string | string[]; description?: string; enum?: unknown[]; properties?: Record<string, Schema>; required?: string[]; items?: Schema; anyOf?: Schema[]; [key: string]: unknown };
type Parameter = { name: string; in: string; required: boolean; description?: string; schema: Schema };
type Content = Record<string, { schema: Schema }>;
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
  "x-scopes"?: string[];
};
type Document = {
  info: { title: string; version: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: { key: { description: string } } };
};

const text = escapeHtml;

export function openApiPage(document: Document): string {
  const all = Object.entries(document.paths).flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => ({ path, method, operation })));
  const groups = document.tags.map(({ name }) => ({ name, own: all.filter(({ operation }) => operation.tags.includes(name)) }));
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>API · Tracewire</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="The API of Tracewire, as OpenAPI 3.1.">
<link rel="stylesheet" href="${assetHref("style.css")}"></head>
<body><main class="prose docs">
<p class="label"><a href="/">Tracewire</a></p>
<h1>API ${text(document.info.version)}</h1>
<p class="standfirst">${text(document.info.description)}</p>
<p>For programs: <a href="/v1/openapi.json">openapi.json</a>. For people: <a href="/docs/api">docs/api</a>. ${text(document.components.securitySchemes.key.description)}</p>
<nav aria-label="Groups"><ul>${groups.map(({ name }) => `<li><a href="#${anchor(name)}">${text(name)}</a></li>`).join("")}<li><a href="#shapes">shapes</a></li></ul></nav>
${groups.map(({ name, own }) => `<section id="${anchor(name)}"><h2>${text(name)}</h2>\n${own.map(operationHtml).join("\n")}</section>`).join("\n")}
<section id="shapes"><h2>shapes</h2>
${Object.entries(document.components.schemas)
  .map(([name, schema]) => `<section id="shape-${anchor(name)}"><h3>${text(name)}</h3>${schema.description ? `<p>${text(schema.description)}</p>` : ""}${fieldsHtml(schema)}</section>`)
  .join("\n")}
</section></main></body></html>
`;
}

const anchor = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

function operationHtml({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const rows = operation.parameters.map(({ name, in: place, required, description = "", schema }) => [`<code>${text(name)}</code>`, `${place}${required ? ", needed" : ""}`, typeHtml(schema), text(description)]);
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) => `<li>Body, <code>${text(type)}</code>: ${typeHtml(schema)}</li>`);
  const answers = Object.entries(operation.responses).map(
    ([status, { description, content }]) =>
      `<li><code>${status}</code> ${text(description)}${Object.entries(content ?? {})
        .map(([type, { schema }]) => `, <code>${text(type)}</code>: ${typeHtml(schema)}`)
        .join("")}</li>`,
  );
  return `<section id="${anchor(operation.operationId)}"><h3><code>${method.toUpperCase()} ${text(path)}</code></h3>
<p>${text(operation.summary)}${operation["x-scopes"] ? ` <span class="note">A key adds: ${text(operation["x-scopes"].join(", "))}.</span>` : ""}</p>
${rows.length === 0 ? "" : tableHtml(`Parameters of ${operation.operationId}`, ["Name", "Where", "Type", "What it is"], rows)}
<ul>${bodies.join("")}${answers.join("")}</ul></section>`;
}

function fieldsHtml(schema: Schema): string {
  if (!schema.properties) return `<p>${typeHtml({ ...schema, description: undefined })}</p>`;
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties).map(([name, own]) => [`<code>${text(name)}</code>`, typeHtml(own), required.has(name) ? "always" : "", text(own.description ?? "")]);
  return tableHtml("Fields", ["Field", "Type", "There", "What it is"], rows);
}

const tableHtml = (label: string, head: string[], rows: string[][]): string =>
  `<section class="scroll" tabindex="0" aria-label="${text(label)}"><table class="data"><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join("")}</tr></thead><tbody>${rows
    .map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`)
    .join("")}</tbody></table></section>`;

function typeHtml(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1)!;
    return `<a href="#shape-${anchor(name)}">${text(name)}</a>`;
  }
  if (schema.enum) return schema.enum.map((value) => `<code>${text(String(value))}</code>`).join(" or ");
  if (schema.anyOf) return schema.anyOf.map(typeHtml).join(" or ");
  if (schema.type === "array") return `list of ${schema.items ? typeHtml(schema.items) : "anything"}`;
  if (schema.type === "object" && schema.properties) return `{ ${Object.entries(schema.properties).map(([name, own]) => `${text(name)}: ${typeHtml(own)}`).join(", ")} }`;
  const limits = ["minimum", "maximum", "minLength", "maxLength", "pattern", "default"].flatMap((name) => (schema[name] === undefined ? [] : [`${name} ${String(schema[name])}`]));
  const type = schema.type === undefined ? "anything" : String(schema.type);
  return `${type}${limits.length > 0 ? ` (${text(limits.join(", "))})` : ""}`;
}
