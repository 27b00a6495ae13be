// The phone: texts appear as they happen, Enter sends, pictures are shown before they go.
"use strict";

(() => {
  const phone = document.querySelector(".phone");
  if (!phone) return;
  const composer = document.getElementById("composer");
  const body = document.getElementById("body");
  const picture = document.getElementById("picture");
  const preview = document.getElementById("preview");
  const problem = document.getElementById("problem");
  const scroll = document.getElementById("scroll");
  const thread = document.getElementById("thread");
  const chooser = document.querySelector(".chooser");
  const customer = composer.elements.from.value;
  const business = composer.elements.to.value;
  const address = `/phone?${new URLSearchParams({ from: customer, to: business })}`;

  const toEnd = () => (scroll.scrollTop = scroll.scrollHeight);
  const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;

  // Only what changed is touched, so a screen reader hears a new text and not the whole thread.
  const merge = (page) => {
    const follow = isAtEnd();
    for (const row of page.getElementById("thread").children) {
      const known = document.getElementById(row.id);
      if (!known) thread.append(document.importNode(row, true));
      else if (known.outerHTML !== row.outerHTML) known.replaceWith(document.importNode(row, true));
    }
    if (thread.children.length) document.getElementById("hint")?.remove();
    document.getElementById("threads").replaceWith(document.importNode(page.getElementById("threads"), true));
    if (follow) toEnd();
  };

  const refresh = sandbox.live("/sandbox/events", (event) => event.kind === "text", async () => merge(await sandbox.fresh(address)));

  const say = (words) => {
    problem.textContent = words;
    problem.hidden = !words;
  };

  const showPicture = () => {
    preview.replaceChildren();
    const file = picture.files[0];
    preview.hidden = !file;
    if (!file) return;
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "Remove picture";
    remove.onclick = () => {
      picture.value = "";
      showPicture();
      body.focus();
    };
    preview.append(image, remove);
  };

  composer.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!body.value.trim() && !picture.files.length) return body.focus();
    const form = new FormData(composer);
    const draft = body.value;
    body.value = "";
    say("");
    try {
      const response = await fetch("/phone", { method: "POST", body: form, headers: { accept: "application/json" } });
      if (!response.ok) throw new Error((await response.json()).error.message);
      picture.value = "";
      showPicture();
      toEnd();
      await refresh();
      toEnd();
    } catch (wrong) {
      body.value = body.value || draft;
      say(wrong instanceof TypeError ? "The sandbox does not answer. Is it still running?" : wrong.message);
    }
    body.focus();
  });

  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  picture.addEventListener("change", () => {
    showPicture();
    body.focus();
  });
  chooser.querySelector("form").addEventListener("change", (event) => {
    const form = event.currentTarget;
    if (form.checkValidity()) form.requestSubmit();
    else form.reportValidity();
  });

  // A narrow screen belongs to the conversation: the choice of numbers folds away.
  if (matchMedia("(max-width: 899px)").matches) chooser.open = false;
  else body.focus();
  toEnd();
})();
