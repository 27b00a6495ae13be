"""Carry the chat widget on our own pages when the organization or the operator set one up; it loads after the page."""

import reflex as rx

# Asked once the page is idle, so that it delays nothing. Pages change without loading anew, so the place is looked at
# now and then; a person who signed out leaves nothing of their chat behind.
_SCRIPT = """
addEventListener("load", () => {
  const idle = window.requestIdleCallback || ((act) => setTimeout(act, 1500));
  idle(async () => {
    const reply = await fetch("/api/chat/support").catch(() => null);
    if (!reply || reply.status !== 200) return;
    const { key, hidden, visitor } = await reply.json();
    const queue = (window.magpipe = window.magpipe || function () { (queue.q = queue.q || []).push(arguments); });
    const mark = "magpipe:support";
    if (visitor) { queue("setVisitor", visitor); localStorage.setItem(mark, "1"); }
    else if (localStorage.getItem(mark)) { queue("clearHistory"); localStorage.removeItem(mark); }
    let script, was;
    const look = () => {
      const is = hidden.some((path) => location.pathname === path || location.pathname.startsWith(path + "/"));
      if (!is && !script) {
        script = document.createElement("script");
        script.src = "/widget.js";
        script.async = true;
        script.dataset.widgetKey = key;
        document.body.append(script);
      }
      if (is === was || !window.magpipe.isLoaded) return;
      window.magpipe(is ? "hide" : "show");
      if (is) window.magpipe("close");
      was = is;
    };
    look();
    setInterval(look, 400);
  });
});
"""


def support_widget() -> rx.Component:
    """Return the script for the head of every page."""
    return rx.el.script(_SCRIPT)
