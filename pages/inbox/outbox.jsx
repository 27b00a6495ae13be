// What the person sent in this tab and the server has not shown yet, and the drafts of every conversation.
// Both live outside React: a re-render, a reload or another conversation never loses a word. The server keeps drafts
// too, for the person's other devices; what this browser holds is newer.
import { useSyncExternalStore } from "react";

const DRAFT = "magpipe:draft:";
// After this long without an answer the message may not have arrived; sending it again under its id is safe.
export const PATIENCE_MS = 12_000;

const sent = new Map();
const listeners = new Set();
const NONE = [];
const tell = () => listeners.forEach((listener) => listener());
function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(conversation, edit) {
  sent.set(conversation, edit(sent.get(conversation) ?? NONE));
  tell();
}

export function useOutbox(conversation) {
  return useSyncExternalStore(
    subscribe,
    () => sent.get(conversation) ?? NONE,
    () => NONE,
  );
}

export function putInOutbox(conversation, message) {
  change(conversation, (messages) => [
    ...messages.filter((known) => known.clientId !== message.clientId),
    { ...message, at: new Date().toISOString(), recordId: "", error: "" },
  ]);
  setTimeout(tell, PATIENCE_MS + 100);
}

export function settle(conversation, clientId, recordId, error) {
  change(conversation, (messages) =>
    messages.map((known) => (known.clientId === clientId ? { ...known, recordId, error } : known)),
  );
}

export const findInOutbox = (conversation, clientId) =>
  (sent.get(conversation) ?? NONE).find((known) => known.clientId === clientId);

export function takeFromOutbox(conversation, clientId) {
  change(conversation, (messages) => messages.filter((known) => known.clientId !== clientId));
}

// Drop what the timeline shows by now.
export function forgetShown(conversation, recordIds) {
  const waiting = sent.get(conversation) ?? NONE;
  if (waiting.some((known) => known.recordId && recordIds.has(known.recordId))) {
    change(conversation, (messages) => messages.filter((known) => !recordIds.has(known.recordId)));
  }
}

// Where a conversation went that was merged: what was being written in it, and sent from it, goes along.
const moved = new Set();
export const isMoved = (conversation) => moved.has(conversation);
export function moveWriting(from, to) {
  if (moved.has(from)) return;
  moved.add(from);
  ["reply", "note"].forEach((mode) => {
    const text = readDraft(from, mode);
    const there = readDraft(to, mode);
    if (text && text !== there) writeDraft(to, there ? `${there}\n${text}` : text, mode);
    writeDraft(from, "", mode);
  });
  const waiting = sent.get(from);
  sent.delete(from);
  if (waiting?.length) change(to, (messages) => [...messages, ...waiting]);
}

const keyOf = (conversation, mode) => DRAFT + conversation + (mode === "reply" ? "" : `:${mode}`);

export function readDraft(conversation, mode = "reply") {
  try {
    return localStorage.getItem(keyOf(conversation, mode)) ?? "";
  } catch {
    return "";
  }
}

export function writeDraft(conversation, text, mode = "reply") {
  try {
    if (text) localStorage.setItem(keyOf(conversation, mode), text);
    else localStorage.removeItem(keyOf(conversation, mode));
  } catch {
    // Storage is blocked or full: the draft lives as long as the page, and with the server.
  }
}
