// Passkeys in the browser: asks the desk for options, the device for an answer, and hands it back. A button says by its data
// where each goes. Where a browser has no passkeys the button stays hidden and the form beside it does.
const buttons = document.querySelectorAll<HTMLButtonElement>("button.passkey");
const canDo = typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

for (const button of buttons) {
  const says = document.querySelector<HTMLElement>("[data-passkey-says]");
  // A passkey cannot be bound to a number: only a name will do (WebAuthn §5.1.3).
  if (/^[\d.]+$|^\[/.test(location.hostname)) {
    if (says) says.textContent = `Passkeys need a name instead of a number: open ${location.href.replace(location.hostname, "localhost")}`;
    continue;
  }
  if (!canDo) continue;
  button.hidden = false;
  button.addEventListener("click", () => void press(button, says));
}

async function press(button: HTMLButtonElement, says: HTMLElement | null): Promise<void> {
  const { options, answer, next, csrf, make } = button.dataset as Record<string, string>;
  button.disabled = true;
  try {
    const asked = await send(options!, csrf, {});
    const credential =
      make === undefined
        ? await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked as PublicKeyCredentialRequestOptionsJSON) })
        : await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked as PublicKeyCredentialCreationOptionsJSON) });
    const name = document.querySelector<HTMLInputElement>("#passkey-name")?.value;
    const body = { answer: JSON.stringify((credential as PublicKeyCredential).toJSON()), ...(make !== undefined && name ? { name } : {}) };
    await send(answer!, csrf, body);
    location.assign(next ?? "/desk");
  } catch (error) {
    if (says) says.textContent = error instanceof Error && error.name === "NotAllowedError" ? "Nothing was chosen, or the time was over." : String((error as Error).message);
    button.disabled = false;
  }
}

async function send(path: string, csrf: string | undefined, body: Record<string, string>): Promise<unknown> {
  const page = document.querySelector<HTMLInputElement>("input[name=csrf]")?.value;
  const token = csrf ?? page;
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ ...body, ...(token === undefined ? {} : { csrf: token }) }),
  });
  const found = (await response.json()) as { error?: { code: string; what: string; hint: string } };
  if (response.ok) return found;
  // Fresh proof is missing: the way to it, and back.
  if (found.error?.code === "CONFIRM_IDENTITY") location.assign(`/desk/confirm?next=${encodeURIComponent(location.pathname)}`);
  throw new Error(`${found.error?.what ?? "It did not go"}. ${found.error?.hint ?? ""}`);
}
