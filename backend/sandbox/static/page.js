// On every page: times in the reader's zone, codes that copy, and one live connection.
"use strict";

window.sandbox = {
  showTimes(root) {
    const today = new Date().toDateString();
    for (const time of root.querySelectorAll("time")) {
      const when = new Date(time.dateTime);
      const clock = when.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
      const day = when.toLocaleDateString([], { month: "short", day: "numeric" });
      time.textContent = when.toDateString() === today ? clock : `${day}, ${clock}`;
      time.title = when.toLocaleString();
    }
  },

  // Calls `changed` after every event that `concerns` us, and whenever the connection opens, for what came before it.
  live(path, concerns, changed) {
    let isBusy = false;
    let isStale = false;
    const run = async () => {
      if (isBusy) {
        isStale = true;
        return;
      }
      isBusy = true;
      do {
        isStale = false;
        try {
          await changed();
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 1000));
        }
      } while (isStale);
      isBusy = false;
    };
    const source = new EventSource(path);
    source.onmessage = (event) => concerns(JSON.parse(event.data)) && run();
    source.onopen = run;
    addEventListener("pagehide", () => source.close());
    return run;
  },

  async fresh(address) {
    const response = await fetch(address, { headers: { accept: "text/html" } });
    if (!response.ok) throw new Error(`The page answered ${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    this.showTimes(page);
    return page;
  },
};

sandbox.showTimes(document);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const note = button.querySelector(".copied");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    note.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(button.querySelector(".digits"));
    note.textContent = "Selected";
  }
  setTimeout(() => (note.textContent = ""), 2000);
});
