// The door of the accounts room: people of the newsroom, roles and rights, sessions, the ways to sign in, the record of acts.
export { ACCOUNTS_FILE, accountsExist, openAccounts, type Accounts } from "./accounts-store.ts";
export { actChoices, actsCsv, forgetObjects, intendAct, listActs, readActDay, RECOVERED, recordAct, recoverActs, settleAct, type Act, type ActFilter, type Doer, type Intended } from "./acts.ts";
export { ATTEMPT_LIMITS } from "./attempts.ts";
export {
  dropPasskey,
  keepPasskey,
  listPasskeys,
  ownerOfPasskey,
  passkeyToMake,
  passkeyToUse,
  proveByPasskey,
  signInByPasskey,
  type Passkey,
  type Site as PasskeySite,
} from "./passkeys.ts";
export { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from "./passwords.ts";
export {
  changePassword,
  enterByLink,
  firstLink,
  FIRST_LINKS_MAX,
  giveRole,
  hasAdministrator,
  invitationLetter,
  invite,
  issueLink,
  LINK_HOURS,
  readLink,
  removeUser,
  requireUser,
  resetUser,
  RESETS,
  type Invited,
  type Link,
} from "./people.ts";
export { makeRecoveryCodes } from "./recovery-codes.ts";
export { can, RIGHTS, ROLE_NAMES, ROLES, type Right, type Role } from "./roles.ts";
export { beginTotp, dropTotp, finishTotp, pendingTotp, type Enrolment } from "./second-step.ts";
export {
  confirmSession,
  endSession,
  endSessions,
  findSession,
  isByTwo,
  isConfirmed,
  isOwnForm,
  listSessions,
  ownerOfSession,
  SESSION_LIMITS,
  type Session,
  type SignedIn,
  type Where,
} from "./sessions.ts";
export { ATTEMPTS_IN_WORDS, proveAgain, provePassword, signIn, type Attempt } from "./sign-in.ts";
export { findUser, listUsers, type User } from "./users-table.ts";
