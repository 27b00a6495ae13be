// A call from the phone: what is typed is spoken into the line, and what is heard stands as words.
"use strict";

(() => {
  const panel = document.getElementById("call");
  if (!panel) return;
  const start = document.getElementById("call-start");
  const end = document.getElementById("call-end");
  const lines = document.getElementById("call-lines");
  const state = document.getElementById("call-state");
  const words = document.getElementById("call-words");
  const form = panel.querySelector("form");
  const { customer, business } = panel.dataset;
  const longest = 3600000;
  let sid = "";

  const ask = async (path, method, body) => {
    const response = await fetch(path, { method, body: body && JSON.stringify(body), headers: { accept: "application/json" } });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error.message);
    return answer;
  };
  const tell = (text) => (state.textContent = text);
  const failed = (wrong) => tell(wrong instanceof TypeError ? "The sandbox does not answer. Is it still running?" : wrong.message);

  const show = (call) => {
    for (const line of call.talk.slice(lines.children.length)) {
      const row = document.createElement("li");
      row.className = line.who === "customer" ? "mine" : "theirs";
      const speaker = document.createElement("span");
      speaker.className = "hidden";
      speaker.textContent = line.who === "customer" ? "You: " : "Business: ";
      const bubble = document.createElement("p");
      bubble.className = "bubble";
      bubble.textContent = line.text;
      row.append(speaker, bubble);
      lines.append(row);
      lines.scrollTop = lines.scrollHeight;
    }
    const is = { queued: "Calling …", ringing: "Ringing …", "in-progress": "On the line", busy: "The line is busy." };
    tell(is[call.status] || "The call has ended.");
    const isOver = !["queued", "ringing", "in-progress"].includes(call.status);
    if (!isOver) return;
    sid = "";
    form.hidden = end.hidden = true;
    start.hidden = false;
    start.focus();
  };

  const follow = async () => {
    while (sid) {
      try {
        show(await ask(`/sandbox/calls/${sid}`, "GET"));
      } catch (wrong) {
        failed(wrong);
      }
      await new Promise((done) => setTimeout(done, 300));
    }
  };

  start.addEventListener("click", async () => {
    panel.hidden = false;
    panel.parentElement.classList.add("calling");
    lines.replaceChildren();
    tell("Calling …");
    start.hidden = true;
    try {
      // The usual customer hangs up after ten seconds; a person says when.
      await ask(`/sandbox/lines/${encodeURIComponent(customer)}`, "PUT", { talks_ms: longest });
      sid = (await ask("/sandbox/calls", "POST", { from: customer, to: business })).sid;
      form.hidden = end.hidden = false;
      words.focus();
      follow();
    } catch (wrong) {
      start.hidden = false;
      failed(wrong);
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text || !sid) return words.focus();
    words.value = "";
    // Keys alone are pressed, everything else is spoken.
    const isKeys = /^[0-9*#]{1,32}$/.test(text);
    try {
      await ask(`/sandbox/calls/${sid}/${isKeys ? "press" : "say"}`, "POST", isKeys ? { digits: text } : { text });
    } catch (wrong) {
      words.value = text;
      failed(wrong);
    }
    words.focus();
  });

  end.addEventListener("click", async () => {
    try {
      if (sid) await ask(`/sandbox/calls/${sid}/hang-up`, "POST");
    } catch (wrong) {
      failed(wrong);
    }
  });
})();
