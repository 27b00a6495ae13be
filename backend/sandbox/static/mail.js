// The mailbox: new mail joins the list and the open thread without a reload, and leaves a begun reply alone.
"use strict";

(() => {
  if (!document.querySelector("[data-live=mail]")) return;
  sandbox.live("/sandbox/events", (event) => event.kind === "email", async () => {
    const page = await sandbox.fresh(location.href);
    document.getElementById("mails").replaceWith(document.importNode(page.getElementById("mails"), true));
    const reading = document.querySelector(".reading");
    const open = document.getElementById("letters");
    const letters = page.getElementById("letters");
    if (open && letters && open.dataset.thread === letters.dataset.thread && open.innerHTML !== letters.innerHTML) {
      open.replaceWith(document.importNode(letters, true));
      const answers = page.querySelector("[name=answers]");
      const named = document.querySelector("[name=answers]");
      if (answers && named) named.value = answers.value;
    }
    if (!reading.children.length) reading.replaceChildren(...[...page.querySelector(".reading").children].map((child) => document.importNode(child, true)));
  });
})();
