// In a page under measurement: milliseconds from what a person does to what is drawn because of it.
(() => {
  const PATIENCE_MS = 20000;
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const texts = (selector) => [...document.querySelectorAll(selector)].map((one) => one.innerText).join(" ");
  // What is read of a page: a change of every one of these is the answer to what the person did.
  const READ = {
    conversations: () => [[...document.querySelectorAll("[data-row]")].map((row) => row.dataset.row).join()],
    contacts: () => [[...document.querySelectorAll("[data-contact]")].map((row) => row.dataset.contact).join()],
    conversation: () => [texts("main h2"), texts("main article")],
    contact: () => [document.querySelector("#field-phone_number")?.value ?? ""],
    length: () => [...document.querySelectorAll("[data-virtuoso-scroller]")].map((list) => `${list.scrollHeight}`),
    dialog: () => [texts("[role=dialog]")],
  };
  // Promise the time from the next event of a kind, by the browser's own stamp, until all of it differs and is drawn.
  const after = (event, what) => {
    const before = READ[what]();
    window.painted = new Promise((done, fail) => {
      setTimeout(() => fail(new Error(`nothing was drawn of ${what} after ${event}`)), PATIENCE_MS);
      const begun = (happened) => {
        const watcher = new MutationObserver(() => seen());
        const seen = () => {
          const now = READ[what]();
          if (!now.every((one, at) => one && one !== before[at])) return;
          watcher.disconnect();
          frames().then(() => done(performance.now() - happened.timeStamp));
        };
        watcher.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        seen();
      };
      addEventListener(event, begun, { capture: true, once: true });
    });
  };
  // The same from the moment the address was asked for.
  const opened = (what) =>
    new Promise((done) => {
      const seen = () => {
        if (!READ[what]().every(Boolean)) return;
        watcher.disconnect();
        frames().then(() => done(performance.now()));
      };
      const watcher = new MutationObserver(seen);
      watcher.observe(document, { subtree: true, childList: true, attributes: true });
      seen();
    });
  return { after, opened };
})
