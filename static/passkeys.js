// Passkeys: asks the server for a challenge, the device for an answer, and sends the page's own form with it.
"use strict";
(() => {
  const ask = async (form) => {
    const token = form.elements.csrf_token.value;
    const answer = await fetch(form.dataset.challenge, { method: "POST", headers: { "X-CSRFToken": token } });
    if (answer.redirected || !answer.ok) { location.assign(answer.redirected ? answer.url : location.href); return null; }
    const options = await answer.json();
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.passkey || form.elements.credential.value) return;
    event.preventDefault();
    // app.js has taken it for sent: not yet.
    const rest = () => { delete form.dataset.busy; document.documentElement.classList.remove("is-busy"); form.querySelector(".is-pressed")?.classList.remove("is-pressed"); };
    const said = form.querySelector("[role=status]");
    said.textContent = "";
    try {
      const credential = await ask(form);
      if (!credential) return;
      rest();
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.requestSubmit();
    } catch {
      rest();
      said.textContent = form.dataset.failed;
    }
  }, true);
})();
