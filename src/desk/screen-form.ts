// The form of a screening: addresses that are pasted or come as a file, or one name, as of a day.
import type { SignedIn } from "../accounts/accounts.ts";
import { LISTS } from "../screening/screening.ts";
import { html, type Html } from "../site/site.ts";
import type { TransferSet } from "../tracing/tracing.ts";
import { area, deskForm, field } from "./frame.ts";
import type { Question } from "./questions.ts";
import { setsField, tick } from "./trace-form.ts";

export const ADDRESS_LISTS = LISTS.filter(({ address_column }) => address_column !== undefined);

type Typed = Partial<Extract<Question, { kind: "screen" }>>;

/** `sets`: over which exposure is asked for; none, where that is not theirs to ask. */
export const screenForm = (who: SignedIn, sets: readonly TransferSet[], { on, lists = [], pasted, name, exposure, sets: chosen }: Typed = {}): Html =>
  deskForm(
    who,
    "/desk/screen",
    html`${area("addresses", "Addresses", { rows: 6, value: pasted, hint: "One a line, of any chain; of a table the first column." })}
<div class="row"><label class="field"><span>or a file of them</span><input type="file" name="file" data-key="f" data-key-words="Choose a file"><small>text or CSV</small></label>${field("name", "or one name", { value: name, key: "n" })}${field("as_of", "As of", { type: "date", value: on, hint: "left out, today" })}</div>
${ADDRESS_LISTS.length > 1 && html`<fieldset class="checks"><legend>Only these lists; none chosen is all of them</legend>${ADDRESS_LISTS.map(({ id, title }) => tick("lists", id, title, lists.includes(id)))}</fieldset>
`}${
      sets.length > 0 &&
      html`<details${exposure !== undefined && html` open`}><summary>Exposure: what came from listed addresses by way of others</summary>${tick("exposure", "yes", "Over the transfers held, under five conventions", exposure !== undefined)}${tick("known", "yes", "End at services, mixers and bridges that tags name", exposure?.known === true)}${field("depth", "Over at most so many transfers", { value: exposure?.depth === undefined ? "" : String(exposure.depth) })}${setsField(sets, chosen)}</details>
`
    }<button class="main-act" data-key="s" data-key-words="Screen">Screen</button>`,
    { upload: true },
  );
