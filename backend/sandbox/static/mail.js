// The mailbox: new mail joins the list without a reload.
"use strict";

(() => {
  if (!document.querySelector("[data-live=mail]")) return;
  sandbox.live("/sandbox/events", (event) => event.kind === "email", async () => {
    const page = await sandbox.fresh(location.href);
    document.getElementById("mails").replaceWith(document.importNode(page.getElementById("mails"), true));
    const reading = document.querySelector(".reading");
    if (!reading.children.length) reading.replaceChildren(...[...page.querySelector(".reading").children].map((child) => document.importNode(child, true)));
  });
})();
