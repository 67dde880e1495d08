// Who may do what, as one table. A role is a set of rights; a route of the desk names the right it needs, never a role.

/** What can be allowed. docs/desk.md is written from this table. */
export const RIGHTS = {
  "releases.send": "send press releases of one's own organisation, and see what became of them",
  "embargo.read": "read what is under embargo",
  "case.read": "read the case file, what is not released included",
  "case.write": "capture, read claims out of captures, judge, take back",
  "case.release": "make entries public",
  "case.erase": "forget entries for good",
  "sources.read": "read captures that another person protected",
  "traces.write": "start, keep and freeze traces",
  "stories.write": "write stories of one's own",
  "stories.review": "read and change everybody's stories, approve or send them back",
  "stories.publish": "publish, schedule, correct, withdraw",
  "people.manage": "invite people, give roles, end sessions, reset, remove",
  "programs.manage": "make and end keys and webhooks of other programs",
  "archive.manage": "check the whole newsroom, and hand out its whole log",
  "acts.read": "read and export the record of acts",
} as const;
export type Right = keyof typeof RIGHTS;

/**
 * An administrator may do what an editor may, so that a newsroom of one person works; what another person protected stays
 * closed to them: who runs the machine has no business with a source.
 */
export const ROLES = {
  supplier: { about: "sends press releases of one organisation, and sees nothing else", rights: ["releases.send"] },
  reader: { about: "signed in, to read releases under embargo", rights: ["embargo.read"] },
  reporter: { about: "captures, claims, judgements, stories of their own", rights: ["embargo.read", "case.read", "case.write", "stories.write"] },
  analyst: { about: "captures, claims, judgements, traces", rights: ["embargo.read", "case.read", "case.write", "traces.write"] },
  editor: {
    about: "everything of the newsroom but its people",
    rights: ["embargo.read", "case.read", "case.write", "case.release", "case.erase", "sources.read", "traces.write", "stories.write", "stories.review", "stories.publish"],
  },
  administrator: {
    about: "people and the record of acts; an editor's work besides, protected sources of others excepted",
    rights: [
      "embargo.read", "case.read", "case.write", "case.release", "case.erase", "traces.write", "stories.write", "stories.review", "stories.publish",
      "people.manage", "programs.manage", "archive.manage", "acts.read",
    ],
  },
} as const satisfies Record<string, { about: string; rights: readonly Right[] }>;
export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as Role[];

export const isRole = (name: string): name is Role => Object.hasOwn(ROLES, name);

/** A role that is not in the table has no right at all. */
export function can(role: string, right: Right): boolean {
  return isRole(role) && (ROLES[role].rights as readonly Right[]).includes(right);
}
