// A Ghost export made from articles (title, slug, tags, excerpt, lead, sections, table): for tests and measurements of imports.
export type Article = {
  title: string;
  slug: string;
  published_at: string;
  tags: string[];
  excerpt: string;
  lead: string[];
  sections: { h: string; p: string[] }[];
};

const textNode = (text: string) => ({ detail: 0, format: 0, mode: "normal", style: "", text, type: "extended-text", version: 1 });
const block = (type: string, text: string, more = {}) => ({ children: [textNode(text)], direction: "ltr", format: "", indent: 0, type, version: 1, ...more });

/** As Ghost's admin writes it: posts with editor state and HTML, tags and authors apart, joined by number. */
export function ghostExport(articles: readonly Article[], edit: (post: Record<string, unknown>, at: number) => object = () => ({})): string {
  const tags = [...new Set(articles.flatMap((article) => article.tags))];
  const id = (name: string, at: number) => `${name}${String(at).padStart(20, "0")}`;
  const posts = articles.map((article, at) => {
    const sections = article.sections.flatMap(({ h, p }) => [block("extended-heading", h, { tag: "h2" }), ...p.map((text) => block("paragraph", text))]);
    const html = article.lead.map((text) => `<p>${text}</p>`).join("") + article.sections.map(({ h, p }) => `<h2>${h}</h2>${p.map((text) => `<p>${text}</p>`).join("")}`).join("");
    const children = [...article.lead.map((text) => block("paragraph", text)), ...sections];
    const post = {
      id: id("p", at),
      uuid: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
      title: article.title,
      slug: article.slug,
      mobiledoc: null,
      lexical: JSON.stringify({ root: { children, direction: "ltr", format: "", indent: 0, type: "root", version: 1 } }),
      html,
      feature_image: null,
      type: "post",
      status: "published",
      visibility: "public",
      created_at: article.published_at,
      updated_at: article.published_at,
      published_at: article.published_at,
      custom_excerpt: article.excerpt,
    };
    return { ...post, ...edit(post, at) };
  });
  const data = {
    posts,
    users: [{ id: "u1", name: "A. Reporter", slug: "a-reporter", email: "a.reporter@example.org", password: "$2a$10$secret" }],
    tags: tags.map((name, at) => ({ id: id("t", at), name, slug: name.toLowerCase(), visibility: "public" })),
    posts_authors: posts.map((post, at) => ({ id: id("a", at), post_id: post.id, author_id: "u1", sort_order: 0 })),
    posts_tags: articles.flatMap((article, at) => article.tags.map((name, order) => ({ id: id("r", at * 9 + order), post_id: id("p", at), tag_id: id("t", tags.indexOf(name)), sort_order: order }))),
    posts_meta: [],
    settings: [{ key: "title", value: "The Old Wire" }, { key: "members_private_key", value: "-----BEGIN SECRET-----" }],
  };
  return JSON.stringify({ db: [{ meta: { exported_on: 1, version: "6.0.0" }, data }] });
}
