// People of the newsroom from the terminal: the way in for who runs the machine, and for who is locked out of the desk.
import {
  endSessions,
  firstLink,
  giveRole,
  hasAdministrator,
  invite,
  invitationLetter,
  listUsers,
  openAccounts,
  removeUser,
  requireUser,
  resetUser,
  ROLE_NAMES,
  ROLES,
  type Accounts,
  type Invited,
  type User,
} from "../accounts/accounts.ts";
import { TracewireError } from "../errors.ts";
import { openPeople, queueAccountLetter } from "../newsletter/newsletter.ts";
import { openReader, text, type Command, type CommandContext, type Options } from "./command.ts";
import { table } from "./output.ts";
import { siteAddresses, type SiteAddresses } from "./site-addresses.ts";

type Action = (context: CommandContext, accounts: Accounts, handle: string | undefined, options: Options) => void;

const ACTIONS: Record<string, Action> = {
  add(context, accounts, handle, options) {
    const role = text(options, "role");
    if (!role) throw new TracewireError("BAD_ARGUMENT", { what: "A person needs --role", hint: `Roles: ${ROLE_NAMES.join(", ")}.` });
    if (options.mail) requireMailbox(context, handle, text(options, "address"));
    const invited = invite(accounts, { handle: required(handle), role, address: text(options, "address"), organisation: text(options, "organisation") });
    tellLink(context, invited, Boolean(options.mail), `${context.output.bold(invited.user.handle)} is invited as ${role}.`);
  },
  list(context, accounts) {
    const users = listUsers(accounts);
    for (const { has, ...user } of users) context.output.json({ ...user, ...has });
    if (!hasAdministrator(accounts)) context.output.line("There is no administrator yet. Make the first one: tracewire user first");
    const rows = users.map((user) => [user.handle, user.organisation === null ? user.role : `${user.role}, ${user.organisation}`, user.state, waysIn(user), user.address ?? ""]);
    for (const line of table(rows, context.output.width)) context.output.line(line);
  },
  first(context, accounts) {
    const link = firstLink(accounts);
    if (!link) throw new TracewireError("BAD_ARGUMENT", { what: "There is an administrator already", hint: "tracewire user list shows who; tracewire user reset lets them in again." });
    const addresses = siteAddresses(context);
    const href = `${addresses.desk_url}/desk/join/${link.token}`;
    context.output.json({ href, expires: link.expires });
    context.output.line(`The first administrator signs up here, once, until ${link.expires}:`);
    context.output.line(`  ${href}`);
    sayGuess(context, addresses);
  },
  role(context, accounts, handle, options) {
    const role = text(options, "role");
    if (!role) throw new TracewireError("BAD_ARGUMENT", { what: "Which role?", hint: `--role ${ROLE_NAMES.join(", ")}` });
    const user = giveRole(accounts, required(handle), role, text(options, "organisation"));
    context.output.json({ handle: user.handle, role: user.role });
    context.output.line(`${context.output.bold(user.handle)} is ${user.role} now. Their sessions have ended.`);
  },
  reset(context, accounts, handle, options) {
    if (options.mail) requireMailbox(context, handle, requireUser(accounts, required(handle)).address);
    const alone = Boolean(options["passwordAlone"]);
    const reset = resetUser(accounts, required(handle), alone ? "password" : "everything");
    const gone = alone ? "The password and the sessions" : "Passwords, passkeys, codes and sessions";
    tellLink(context, reset, Boolean(options.mail), `${gone} of ${context.output.bold(reset.user.handle)} are gone.${alone ? " Passkeys and codes stay." : ""}`);
  },
  "end-sessions"(context, accounts, handle) {
    const user = requireUser(accounts, required(handle));
    accounts.change(() => endSessions(accounts, user.id));
    context.output.json({ handle: user.handle, sessions: 0 });
    context.output.line(`The sessions of ${context.output.bold(user.handle)} have ended; they may sign in again.`);
  },
  remove(context, accounts, handle) {
    const user = removeUser(accounts, required(handle));
    context.output.json({ handle: user.handle, removed: true });
    context.output.line(`${context.output.bold(user.handle)} is removed: address and credentials are erased, the handle stays taken, for the log names it.`);
  },
};

export const user: Command = {
  name: "user",
  summary: "People of the desk: invite them, give roles, let in who is locked out, remove them",
  arguments: "<action> [handle]",
  records: { first: 0, add: 1, role: 1, reset: 1, "end-sessions": 1, remove: 1 },
  actions: [
    ["first", "the link by which the first administrator signs up, once"],
    ["add <handle> --role <role>", "invite somebody"],
    ["list", "who is there, and how they come in"],
    ["role <handle> --role <role>", "another role; their sessions end"],
    ["reset <handle>", "take all credentials (or the password alone), and give a link for a new password"],
    ["end-sessions <handle>", "end all their sessions; nothing else changes"],
    ["remove <handle>", "erase the account; the handle stays taken"],
  ],
  options: [
    { flags: "--role <role>", about: ROLE_NAMES.map((name) => `${name}: ${ROLES[name].about}`).join("; "), choices: ROLE_NAMES },
    { flags: "--address <address>", about: "mail address of the person" },
    { flags: "--organisation <name>", about: "of a supplier: whose press releases they send" },
    { flags: "--password-alone", about: "of a reset: passkeys and codes stay, and the link asks for a code where the account has them" },
    { flags: "--mail", about: "send the link by mail instead of printing it" },
  ],
  examples: [
    ["tracewire user first", "the link by which the first administrator signs up, once"],
    ["tracewire user add rosa --role reporter --address rosa@example.org", "invite; it prints the link to hand over"],
    ['tracewire user add sam --role supplier --organisation "The exchange"', "an account that opens the form for press releases and nothing else"],
    ["tracewire user list", "who is there, and how they come in"],
    ["tracewire user role rosa --role editor", "another role; sessions end"],
    ["tracewire user reset rosa", "for who is locked out: all credentials go, a link sets a new password"],
    ["tracewire user reset rosa --password-alone", "for who forgot the password and still has the second step"],
    ["tracewire user remove rosa", "the account is erased"],
  ],
  run(context, [action, handle], options) {
    const run = Object.hasOwn(ACTIONS, action!) ? ACTIONS[action!] : undefined;
    if (!run) throw new TracewireError("BAD_ARGUMENT", { what: `"${action}" is no action of user`, hint: `Actions: ${Object.keys(ACTIONS).join(", ")}` });
    // A folder without a newsroom gets no file of accounts.
    openReader(context).close();
    const accounts = openAccounts(context.config.data, context.effects);
    try {
      run(context, accounts, handle, options);
    } finally {
      accounts.close();
    }
  },
};

function tellLink(context: CommandContext, { user, token, expires }: Invited, byMail: boolean, done: string): void {
  const addresses = siteAddresses(context);
  const href = `${addresses.desk_url}/desk/join/${token}`;
  context.output.line(done);
  if (!byMail) {
    context.output.json({ handle: user.handle, role: user.role, href, expires });
    context.output.line(`Hand this link over; it works once, until ${expires}:`);
    context.output.line(`  ${href}`);
    return sayGuess(context, addresses);
  }
  const people = openPeople(context.config.data, context.effects);
  try {
    queueAccountLetter(people, invitationLetter({ user, expires }, href));
  } finally {
    people.close();
  }
  context.output.json({ handle: user.handle, role: user.role, mailed: true, expires });
  context.output.line(`A letter with the link waits in the outbox; the running site sends it. The link works until ${expires}.`);
}

/** The port of a site that does not run is not known. */
function sayGuess({ config, output }: CommandContext, { base_from }: SiteAddresses): void {
  if (base_from === "default" && !config.desk.listen && config.origins.desk_url === "default")
    output.line("No site runs from this folder now: when it does, the link works at its address, whatever its port.");
}

/** Before anything is changed. In the local sink the link would lie open to every user of the machine. */
function requireMailbox({ config }: CommandContext, handle: string | undefined, address: string | null | undefined): void {
  if (config.mail.smtp_url === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "No mail server is set, so no letter leaves", hint: "Leave --mail out and hand the link over, or set smtp_url." });
  if (!address) throw new TracewireError("BAD_ARGUMENT", { what: `${handle} has no address`, hint: "Give --address, or leave --mail out and hand the link over." });
}

function waysIn({ has }: User): string {
  const ways = [
    ...(has.password ? ["password"] : []),
    ...(has.totp ? [`app, ${has.codes} codes left`] : []),
    ...(has.passkeys > 0 ? [`${has.passkeys} passkey${has.passkeys === 1 ? "" : "s"}`] : []),
  ];
  return ways.join(", ") || "none yet";
}

function required(handle: string | undefined): string {
  if (handle === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "Whom?", hint: "Name the person's handle; tracewire user list shows them." });
  return handle;
}
