// What was being written, kept in this browser with every key and by the server when its writer pauses.
import { useEffect, useRef, useState } from "react";
import { isMoved, readDraft, writeDraft } from "$/public/external/pages/inbox/parts/outbox.jsx";

const SAVE_MS = 1000;

export function useDraft(conversationId, mode, drafts, channel, lastSeq, onSave) {
  const stored = (of) => drafts.find((draft) => draft.mode === of);
  const [texts, setTexts] = useState(() => ({
    reply: readDraft(conversationId, "reply") || stored("reply")?.body || "",
    note: readDraft(conversationId, "note") || stored("note")?.body || "",
  }));
  const began = useRef(stored("reply")?.began_seq || (texts.reply ? lastSeq : 0));
  const timer = useRef(0);
  const pending = useRef(null);
  const flush = () => {
    clearTimeout(timer.current);
    // Of a conversation that was merged away the words are kept where it went.
    if (pending.current && !isMoved(conversationId)) onSave?.(...pending.current);
    pending.current = null;
  };
  const last = useRef(flush);
  last.current = flush;
  useEffect(() => {
    const leave = () => last.current();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
  const write = (text, of = mode) => {
    if (of === "reply" && !texts.reply && text) began.current = lastSeq;
    setTexts((now) => ({ ...now, [of]: text }));
    writeDraft(conversationId, text, of);
    pending.current = [conversationId, of, text, channel, began.current];
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, SAVE_MS);
  };
  // What was sent the server forgets by itself.
  const sent = (of) => {
    clearTimeout(timer.current);
    pending.current = null;
    setTexts((now) => ({ ...now, [of]: "" }));
    writeDraft(conversationId, "", of);
  };
  return { text: texts[mode], write, sent, began };
}
