// The form of a cluster: one address, or why it is together with another.
import { can, type SignedIn } from "../accounts/accounts.ts";
import { html, type Html } from "../site/site.ts";
import type { TransferSet } from "../tracing/tracing.ts";
import { area, deskForm, field } from "./frame.ts";
import type { Question } from "./questions.ts";
import { setsField, tick } from "./trace-form.ts";

type Typed = Partial<Extract<Question, { kind: "cluster" }>>;

export const clusterForm = ({ who, sets }: { who: SignedIn; sets: readonly TransferSet[] }, { address, why, chain, payjoins = [], strict, sets: chosen }: Typed = {}): Html =>
  deskForm(
    who,
    "/desk/clusters",
    html`<div class="row">${field("address", "Address", { required: true, value: address, key: "a" })}${field("why", "Why together with", { value: why, hint: "another address; left out, all that were spent together" })}</div>
<details${(payjoins.length > 0 || strict === true || chain !== undefined || (chosen?.length ?? 0) > 0) && html` open`}><summary>PayJoins, chain, sets</summary>${area("payjoins", "Transactions known to be PayJoins", { rows: 2, value: payjoins.join("\n"), hint: "one a line: they join nobody" })}${tick("strict", "yes", "Leave out transactions that are perhaps PayJoins too", strict === true)}${field("chain", "Chain", { value: chain, hint: "of an address that stands on several (CAIP-2)" })}${setsField(sets, chosen)}</details>
<button class="main-act" data-key="s" data-key-words="Ask">Ask</button>`,
  );

export const keepClusterForm = (who: SignedIn, question: number): Html =>
  deskForm(
    who,
    `/desk/questions/${question}/keep`,
    html`<div class="row">${field("id", "Keep it as", { required: true, pattern: "[a-z0-9][a-z0-9\\-]{1,60}", hint: "a dated set in the log, which later data does not move" })}${can(who.user.role, "case.release") && tick("release", "yes", "Public at once", false)}<button>Keep</button></div>`,
  );
