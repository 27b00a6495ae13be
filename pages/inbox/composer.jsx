// The reply box: a message by text or chat, or a note for the team. It grows with the text and never loses a word.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import Ban from "lucide-react/dist/esm/icons/ban.mjs";
import MessageSquareReply from "lucide-react/dist/esm/icons/message-square-reply.mjs";
import SendHorizontal from "lucide-react/dist/esm/icons/send-horizontal.mjs";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { useMedia } from "$/public/external/pages/inbox/parts/live.jsx";
import { useRoomFor } from "$/public/external/pages/inbox/parts/room.jsx";
import { AttachButton, Attached, useFiles } from "$/public/external/pages/inbox/parts/attachments.jsx";
import { From, ICON_BUTTON, Later, Modes, SELECT } from "$/public/external/pages/inbox/parts/composer_parts.jsx";
import { Collision } from "$/public/external/pages/inbox/parts/collision.jsx";
import { useDraft } from "$/public/external/pages/inbox/parts/draft.jsx";
import { EmojiPicker } from "$/public/external/pages/inbox/parts/emoji.jsx";
import { MateList, mates, mentionAt, mentionedIn } from "$/public/external/pages/inbox/parts/mention.jsx";
import { findInOutbox, putInOutbox, readDraft, takeFromOutbox, writeDraft } from "$/public/external/pages/inbox/parts/outbox.jsx";
import { Writing, usePresence, useWriting } from "$/public/external/pages/inbox/parts/presence.jsx";
import { countSegments } from "$/public/external/pages/inbox/parts/segments.jsx";
import { SuggestButton, SuggestionNote } from "$/public/external/pages/inbox/parts/suggest.jsx";
import { TemplateList, matching, slashAt } from "$/public/external/pages/inbox/parts/templates.jsx";

const MOST = 1600;
const MOST_CHAT = 2000;
const MOST_MAIL = 20000;

export function Composer(props) {
  if (!props.conversationId) return null;
  return <Box key={props.conversationId} {...props} />;
}

function Box(props) {
  const { conversationId, channels, channel: usual, mailSubject, senders, sender, refusal, outcomes, drafts, lastSeq } = props;
  const { team, me, others, visitorWrites, contactName, replies, isThinking, suggestion } = props;
  const { words, onSend, onNote, onSaveDraft, onChooseSender, onHere, onSuggest, onNewTemplate } = props;
  const [mode, setMode] = useState("reply");
  const [own, setOwn] = useState("");
  const channel = channels.includes(own) ? own : usual;
  const { text, write, sent, began } = useDraft(conversationId, mode, drafts, channel, lastSeq, onSaveDraft);
  const [ownSubject, setOwnSubject] = useState(() => readDraft(conversationId, "subject") || null);
  const files = useFiles(conversationId, channel, words);
  const [cursor, setCursor] = useState(text.length);
  const [active, setActive] = useState(0);
  const [shut, setShut] = useState(-1);
  const [collided, setCollided] = useState(null);
  const [suggested, setSuggested] = useState(null);
  const field = useRef(null);
  const box = useRef(null);
  useRoomFor(box);
  const seen = useRef(new Set(outcomes.map((outcome) => outcome.client_id)));
  const asked = useRef(suggestion.n);
  const id = useId();
  const touch = useMedia("(pointer: coarse)");
  usePresence(conversationId, onHere);
  const writing = useWriting(conversationId, onHere);

  const isNote = mode === "note";
  const isMail = !isNote && channel === "email";
  const isText = !isNote && !isMail && channel !== "chat";
  const takesFiles = !isNote;
  const subject = ownSubject ?? mailSubject;
  const isThread = isMail && mailSubject !== "" && subject.trim() !== mailSubject;
  const size = countSegments(text);
  const most = isNote ? 5000 : isMail ? MOST_MAIL : isText ? MOST : MOST_CHAT;
  const tooLong = [...text].length > most || (isText && size.segments > 10);
  const something = text.trim() !== "" || (!isNote && !isMail && files.ids.length > 0);
  const ready = something && !tooLong && !files.waiting && (!isText || (sender && !refusal)) && (!isMail || subject.trim() !== "");
  const blocked = Boolean(isText && (refusal || !senders.length));
  const slash = !isNote && shut !== cursor ? slashAt(text, cursor) : null;
  const at = isNote && shut !== cursor ? mentionAt(text, cursor) : null;
  const found = slash ? matching(replies, slash.asked) : at ? mates(team, me, at.asked) : [];
  const isOpen = Boolean(slash) || found.length > 0;

  const put = (next, place = next.length) => {
    // At once, not in the next frame: what is typed right after must not land before the place.
    flushSync(() => write(next));
    field.current?.focus();
    field.current?.setSelectionRange(place, place);
    setCursor(place);
    // A layer that closes takes the focus first.
    requestAnimationFrame(() => field.current?.focus());
  };
  useEffect(() => {
    const reload = () => put(readDraft(conversationId));
    window.addEventListener("magpipe:draft", reload);
    return () => window.removeEventListener("magpipe:draft", reload);
  }, [conversationId]);
  const name = (line) => {
    setOwnSubject(line);
    writeDraft(conversationId, line ?? "", "subject");
  };
  useEffect(() => setActive(0), [slash?.asked, at?.asked]);
  // Its height must not glide: with reduced motion every change does for an instant, and the old height is measured.
  const fit = () => {
    const area = field.current;
    if (!area) return;
    area.style.height = "0";
    area.style.height = `${Math.min(area.scrollHeight, window.innerHeight * 0.4)}px`;
  };
  useLayoutEffect(fit, [text, mode]);
  // A phone is turned, a panel opens: the same words need another height.
  useEffect(() => {
    const area = field.current;
    if (!area) return;
    let width = area.clientWidth;
    const watch = new ResizeObserver(() => {
      if (area.clientWidth === width) return;
      width = area.clientWidth;
      fit();
    });
    watch.observe(area);
    return () => watch.disconnect();
  }, [blocked]);

  // Somebody answered meanwhile: the message comes back into the box until its writer has decided.
  useEffect(() => {
    const fresh = outcomes.filter((outcome) => !seen.current.has(outcome.client_id + outcome.collision));
    fresh.forEach((outcome) => {
      seen.current.add(outcome.client_id + outcome.collision);
      const message = outcome.collision && findInOutbox(conversationId, outcome.client_id);
      if (!message) return;
      takeFromOutbox(conversationId, outcome.client_id);
      write(message.body, "reply");
      if (message.subject) name(message.subject);
      setCollided({ ...outcome, message });
    });
  }, [outcomes]);
  useEffect(() => {
    if (suggestion.n === asked.current || suggestion.conversation_id !== conversationId) return;
    asked.current = suggestion.n;
    setSuggested(suggestion);
    if (suggestion.text) {
      setMode("reply");
      write(suggestion.text, "reply");
      requestAnimationFrame(() => field.current?.focus());
    }
  }, [suggestion]);

  const leave = (message, sure) => {
    putInOutbox(conversationId, message);
    const { clientId, body, later, fileIds, by } = message;
    onSend?.(conversationId, clientId, body, message.sender, later, by, fileIds, began.current || lastSeq, sure, message.subject);
    sent("reply");
    name(null);
    files.clear();
    setSuggested(null);
    field.current?.focus();
  };
  const send = (later = "") => {
    if (!ready) return;
    if (isNote) {
      onNote?.(conversationId, text.trim(), mentionedIn(text, team));
      sent("note");
      setMode("reply");
      field.current?.focus();
      return;
    }
    const clientId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    leave({ clientId, body: text.trim(), sender, later, fileIds: files.ids, fileCount: files.ids.length, by: channel, subject: isMail ? subject.trim() : "" }, false);
  };
  const pick = (one) => {
    const place = slash ?? at;
    const words_ = slash ? one.filled : `@${one.name} `;
    put(text.slice(0, place.from) + words_ + text.slice(cursor), place.from + words_.length);
  };
  // The button types the slash, so that there is one way to choose: letters, arrows, Enter.
  const offer = () => {
    const before = text.slice(0, cursor);
    const slashed = slashAt(text, cursor) ? before : `${before}${/(^|\s)$/.test(before) ? "" : " "}/`;
    setShut(-1);
    put(slashed + text.slice(cursor), slashed.length);
  };
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (isOpen && found.length) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        setActive((active + step + found.length) % found.length);
        return;
      }
      if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) {
        event.preventDefault();
        pick(found[active] ?? found[0]);
        return;
      }
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      if (isOpen) setShut(cursor);
      else field.current.blur();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    // On a touch keyboard Enter is a new line; the button sends.
    if (touch && !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    send();
  };
  const follow = (event) => setCursor(event.target.selectionStart ?? 0);
  const openNote = () => {
    setMode("note");
    requestAnimationFrame(() => field.current?.focus());
  };
  const openReply = () => {
    setMode("reply");
    requestAnimationFrame(() => field.current?.focus());
  };
  const showCount = isText && (text.length > 100 || size.segments > 1 || (size.unicode && size.left < 20));

  return (
    <div ref={box} data-part="composer" className="shrink-0 px-4 pb-3 md:px-6">
      <Hotkey keys="r" onPress={openReply} />
      <Hotkey keys="n" onPress={openNote} />
      <div className="mx-auto max-w-188">
        <Writing others={others} visitor={visitorWrites} name={contactName} words={words} />
        <div
          className={
            "relative rounded-card border transition-colors has-[textarea:focus-visible]:border-accent has-[textarea:focus-visible]:outline has-[textarea:focus-visible]:outline-accent " +
            (isNote ? "border-warning bg-warning-soft" : "border-control bg-canvas")
          }
        >
          {slash ? (
            <TemplateList id={`${id}-list`} found={found} active={active} words={words} onPick={pick} onNew={onNewTemplate} />
          ) : at ? (
            <MateList id={`${id}-list`} found={found} active={active} words={words} onPick={pick} />
          ) : null}
          <Modes mode={mode} words={words} onChoose={(next) => (next === "note" ? openNote() : openReply())} />
          {blocked ? (
            <div role="status" className="m-2 flex items-start gap-2.5 rounded-control bg-warning-soft px-3 py-2 text-13 text-warning-ink">
              <span className="mt-0.5">
                <Icon as={Ban} />
              </span>
              <p className="min-w-0">{refusal || words.NO_NUMBER}</p>
            </div>
          ) : (
            <>
              {isNote ? null : <SuggestionNote suggestion={suggested} words={words} onClose={() => setSuggested(null)} />}
              {isNote ? null : <Attached files={files.files} channel={channel} error={files.error} words={words} onRemove={files.remove} />}
              {isMail ? (
                <label className="flex min-h-8 items-center gap-2 border-b border-line px-3 text-13 text-muted pointer-coarse:min-h-11">
                  {words.SUBJECT}
                  <input
                    value={subject}
                    maxLength={300}
                    autoComplete="off"
                    onChange={(event) => name(event.target.value)}
                    className="h-6 min-w-0 flex-1 rounded-control bg-transparent px-1 text-14 text-ink focus-visible:outline focus-visible:outline-accent pointer-coarse:text-16"
                  />
                  {isThread ? <span className="shrink-0 text-12">{words.NEW_THREAD}</span> : null}
                </label>
              ) : null}
              <textarea
                ref={field}
                value={text}
                rows={1}
                aria-label={isNote ? words.NOTE : words.REPLY}
                placeholder={isNote ? words.NOTE_HINT : isMail ? words.MAIL_HINT : isText ? words.REPLY_HINT : words.CHAT_HINT}
                aria-describedby="composer-count"
                aria-invalid={tooLong || undefined}
                role={isOpen ? "combobox" : undefined}
                aria-expanded={isOpen || undefined}
                aria-controls={isOpen ? `${id}-list` : undefined}
                aria-activedescendant={isOpen && found.length ? `${id}-list-${active}` : undefined}
                enterKeyHint={touch ? "enter" : "send"}
                onChange={(event) => {
                  write(event.target.value);
                  setShut(-1);
                  follow(event);
                  if (!isNote) writing();
                }}
                onSelect={follow}
                onKeyDown={onKeyDown}
                onPaste={(event) => takesFiles && event.clipboardData.files.length && files.add(event.clipboardData.files)}
                onDragOver={(event) => takesFiles && event.preventDefault()}
                onDrop={(event) => {
                  if (!takesFiles || !event.dataTransfer.files.length) return;
                  event.preventDefault();
                  files.add(event.dataTransfer.files);
                }}
                className="block max-h-[40dvh] min-h-10 w-full resize-none bg-transparent px-3 pt-2 text-14 text-ink transition-none outline-none pointer-coarse:text-16"
              />
            </>
          )}
          <div className="flex items-end gap-1 py-1 pr-1.5 pl-2">
            <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-1">
            {isNote || blocked ? null : (
              <>
                <EmojiPicker words={words} className={ICON_BUTTON} onPick={(one) => put(text.slice(0, cursor) + one + text.slice(cursor), cursor + one.length)} />
                <AttachButton words={words} className={ICON_BUTTON} disabled={files.files.length >= 8} onFiles={files.add} />
                <button type="button" aria-label={words.TEMPLATES} title={words.TEMPLATES} onClick={offer} className={ICON_BUTTON}>
                  <Icon as={MessageSquareReply} />
                </button>
                <SuggestButton thinking={isThinking} words={words} className={ICON_BUTTON} onSuggest={(order) => onSuggest?.(conversationId, order)} />
              </>
            )}
            {!isNote && channels.length > 1 ? (
              <label className="flex items-center gap-1 text-12 text-muted">
                <span className="sr-only">{words.CHANNEL}</span>
                <select value={channel} onChange={(event) => setOwn(event.target.value)} className={SELECT}>
                  {channels.map((one) => (
                    <option key={one} value={one}>
                      {{ sms: words.BY_TEXT, chat: words.BY_CHAT, email: words.BY_EMAIL }[one]}
                    </option>
                  ))}
                </select>
              </label>
            ) : null}
            {isText && senders.length ? <From senders={senders} sender={sender} words={words} onChoose={onChooseSender} /> : null}
            <span
              id="composer-count"
              className={`tabular ml-auto truncate px-1 text-12 empty:hidden ${tooLong ? "text-danger-ink" : "text-muted"}`}
            >
              {tooLong
                ? words.TOO_LONG
                : showCount
                  ? (size.segments === 1 ? words.ONE_TEXT : words.MANY_TEXTS)
                      .replace("{n}", size.segments)
                      .replace("{left}", size.left)
                  : isNote
                    ? words.NOTE_ONLY
                    : ""}
            </span>
            </div>
            {isText && !blocked ? <Later words={words} disabled={!ready} onPick={send} /> : null}
            {blocked ? null : (
              <button
                type="button"
                disabled={!ready}
                onClick={() => send()}
                aria-label={isNote ? words.SAVE_NOTE : words.SEND}
                title={touch ? undefined : words.KEYS}
                className="inline-flex h-8 items-center gap-1.5 rounded-control bg-accent px-3 text-14 font-medium text-on-accent transition-colors hover:bg-accent-hover disabled:bg-hover disabled:text-faint pointer-coarse:h-11"
              >
                <Icon as={SendHorizontal} />
                <span className="hidden sm:inline">{isNote ? words.SAVE_NOTE : words.SEND}</span>
              </button>
            )}
          </div>
        </div>
      </div>
      <Collision
        found={collided}
        words={words}
        onKeep={() => {
          // What the other one said is seen now; the next collision is a new one.
          began.current = lastSeq;
          setCollided(null);
        }}
        onSend={() => {
          const { message } = collided;
          setCollided(null);
          leave(message, true);
        }}
      />
    </div>
  );
}
