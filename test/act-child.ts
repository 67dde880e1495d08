// A process that writes as somebody at the desk and is killed at a named moment: before the log's commit, or between it and
// the record of the act.
import { accountsExist, openAccounts } from "../src/accounts/accounts.ts";
import { writesAs } from "../src/desk/change.ts";
import { systemEffects } from "../src/effects.ts";

const [folder, moment] = process.argv.slice(2) as [string, "before" | "between" | "never"];
if (!accountsExist(folder)) throw new Error("no accounts");
const accounts = openAccounts(folder, systemEffects);
let changes = 0;
const watched: typeof accounts = {
  ...accounts,
  change(work) {
    // The first is told what is coming, within the log's change; the second comes when the log has it.
    if (++changes === 2 && moment === "between") process.kill(process.pid, "SIGKILL");
    const done = accounts.change(work);
    if (changes === 1 && moment === "before") process.kill(process.pid, "SIGKILL");
    return done;
  },
};
const write = writesAs({ folder, accounts: watched, effects: systemEffects }, { user: { id: 1, handle: "rosa" }, network: "203.0.113.0/24" });
write("claim.add", `at ${moment}`, (transaction) => [transaction.append({ kind: "note", by: "rosa", text: moment }), transaction.append({ kind: "note", by: "rosa", text: moment })]);
