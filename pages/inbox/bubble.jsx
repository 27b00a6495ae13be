// One message of the timeline: who, what, how far it came, and what can be done about it.
import { useState } from "react";
import * as Dialog from "@radix-ui/react-dialog";
import FileText from "lucide-react/dist/esm/icons/file-text.mjs";
import ImageOff from "lucide-react/dist/esm/icons/image-off.mjs";
import RotateCw from "lucide-react/dist/esm/icons/rotate-cw.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { MailHead, Quoted } from "$/public/external/pages/inbox/parts/email_parts.jsx";
import { Translated } from "$/public/external/pages/inbox/parts/translated.jsx";
import { AgentMark, Avatar, DELIVERY, Icon, hasFailed } from "$/public/external/pages/inbox/parts/marks.jsx";

export const TEXT_BUTTON =
  "inline-flex items-center gap-1 rounded-control px-1 py-0.5 font-medium text-accent-ink hover:underline pointer-coarse:-my-3 pointer-coarse:min-h-11 pointer-coarse:px-2";
export const SMALL_BUTTON =
  "inline-flex h-7 items-center justify-center gap-1.5 rounded-control px-2.5 text-13 font-medium transition-colors pointer-coarse:h-11 ";
export const PRIMARY = SMALL_BUTTON + "bg-accent text-on-accent hover:bg-accent-hover disabled:opacity-50";
export const SECONDARY = SMALL_BUTTON + "border border-control bg-canvas text-ink hover:bg-hover";
export const GHOST = SMALL_BUTTON + "text-muted hover:bg-hover hover:text-ink";

const ADDRESS = /(https?:\/\/[^\s<]+[^\s<.,:;"')\]!?])/g;

// Text as it was written, with addresses made into links. React escapes the rest.
function Body({ text }) {
  return text.split(ADDRESS).map((part, key) =>
    key % 2 ? (
      <a key={key} href={part} target="_blank" rel="noopener noreferrer nofollow" className="underline underline-offset-2">
        {part}
      </a>
    ) : (
      part
    ),
  );
}

function Picture({ file, words }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <Missing file={{ name: file.name }} words={words} />;
  const address = `/api/media/${file.id}`;
  return (
    <Dialog.Root>
      <Dialog.Trigger
        type="button"
        aria-label={words.OPEN_PICTURE}
        className="block h-45 w-60 max-w-full overflow-hidden rounded-card border border-line bg-sunken"
      >
        <img src={address} alt={words.PICTURE} loading="lazy" onError={() => setBroken(true)} className="size-full object-cover" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 animate-enter bg-veil" />
        <Dialog.Content
          aria-describedby=""
          className="fixed inset-4 z-50 flex animate-enter items-center justify-center outline-none md:inset-10"
        >
          <Dialog.Title className="sr-only">{words.PICTURE}</Dialog.Title>
          <img src={address} alt={words.PICTURE} className="max-h-full max-w-full rounded-card bg-raised shadow-float" />
          <Dialog.Close
            aria-label={words.CLOSE}
            className="absolute top-0 right-0 inline-flex size-11 items-center justify-center rounded-full bg-raised text-ink shadow-float"
          >
            <Icon as={X} size={20} />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

// A file that is not there says which one and, where it is known, why.
function Missing({ file, words }) {
  return (
    <span className="flex min-h-11 w-60 max-w-full items-center gap-2 rounded-card border border-line bg-sunken px-3 py-1 text-13 text-muted">
      <Icon as={ImageOff} />
      <span className="min-w-0">
        {file.name ? <span className="block truncate font-medium">{file.name}</span> : null}
        <span className="block">{file.error || words.FILE_MISSING}</span>
      </span>
    </span>
  );
}

function Media({ files, words }) {
  return files.map((file) => {
    if (file.status === "failed") return <Missing key={file.id} file={file} words={words} />;
    if (file.status === "pending") {
      return (
        <span key={file.id} role="status" className="h-45 w-60 max-w-full animate-breathe rounded-card bg-skeleton">
          <span className="sr-only">{words.LOADING}</span>
        </span>
      );
    }
    if (/^image\/(?!svg)/.test(file.content_type)) return <Picture key={file.id} file={file} words={words} />;
    return (
      <a
        key={file.id}
        href={`/api/media/${file.id}`}
        className="flex h-11 w-60 max-w-full items-center gap-2 rounded-card border border-line bg-canvas px-3 text-13 font-medium text-ink hover:bg-hover"
      >
        <Icon as={FileText} />
        <span className="truncate">{file.name || words.FILE}</span>
        <span className="ml-auto text-12 text-muted uppercase">{(file.content_type.split("/")[1] ?? "").slice(0, 8)}</span>
      </a>
    );
  });
}

export function Message({ item, starts, contactName, orgName, isOpen, words, actions, translated }) {
  const inbound = item.direction === "inbound";
  const byAgent = item.author_kind === "agent";
  const data = item.data ?? {};
  const files = data.media ?? [];
  const failed = !inbound && hasFailed(item.status);
  const [picture, tint, word] = DELIVERY[item.status] ?? [null, "", ""];
  const look = inbound
    ? "bg-hover text-ink"
    : byAgent
      ? "bg-accent-soft text-ink"
      : "bg-selected text-ink";
  const faded = item.status === "cancelled" || item.status === "scheduled";
  // What nobody wrote, such as the confirmation of a STOP, comes from the organization.
  const automatic = item.author_kind === "system";
  // Somebody typed this person's address into a chat: their lines are not this person's for certain.
  const unproven = Boolean(inbound && data.is_unverified);
  const author = inbound ? contactName : item.author_name || (automatic && orgName) || words.TEAM;
  return (
    <article
      aria-label={`${author}${byAgent ? `, ${words.AGENT}` : ""}`}
      className={`flex flex-col ${inbound ? "items-start" : "items-end"} ${starts ? "pt-4" : "pt-1"}`}
    >
      {starts ? (
        <div className="mb-1 flex items-center gap-1.5 text-12 text-muted">
          {byAgent ? <AgentMark /> : inbound ? null : <Avatar name={author} size="sm" />}
          <span className="font-medium text-ink">{author}</span>
          {byAgent && data.agent_version ? <span>· v{data.agent_version}</span> : null}
          {automatic ? <span>· {words.AUTOMATIC}</span> : null}
          {unproven ? <span className="text-warning-ink">· {words.UNPROVEN.replace("{name}", contactName)}</span> : null}
          {data.approved_by ? <span>· {words.APPROVED_BY.replace("{name}", data.approved_by)}</span> : null}
        </div>
      ) : null}
      {files.length ? <div className="mb-1 flex max-w-full flex-wrap gap-2"><Media files={files} words={words} /></div> : null}
      {item.body || data.subject ? (
        <div
          className={
            `max-w-[min(36rem,88%)] whitespace-pre-wrap break-words rounded-card px-3 py-2 text-14 forced-colors:border ${look} ` +
            (faded ? "border border-dashed border-control bg-transparent " : "") +
            (item.status === "cancelled" ? "text-muted line-through " : "") +
            (failed ? "ring-1 ring-danger " : "") +
            (isOpen ? "ring-2 ring-ring " : "")
          }
        >
          <MailHead data={data} />
          <Body text={item.body} />
          <Quoted text={data.quoted} words={words} />
          {translated ? (
            <p className="mt-2 border-t border-line pt-2 text-muted">
              <span className="sr-only">{words.TRANSLATION}: </span>
              {translated}
            </p>
          ) : (
            <Translated text={data.translation?.text} language={data.translation?.language} words={words} />
          )}
        </div>
      ) : null}
      <div
        className={`mt-0.5 flex min-h-5 flex-wrap items-center gap-x-2 px-0.5 text-12 text-muted ${inbound ? "" : "justify-end"}`}
      >
        {failed ? (
          <span role="alert" className="text-danger-ink">
            {data.error ? `${words.FAILED}. ${data.error}` : words.FAILED}
          </span>
        ) : null}
        {data.not_answered ? <span>{words.NOT_ANSWERED.replace("{why}", data.not_answered)}</span> : null}
        {failed && item.record_id ? (
          <button type="button" className={TEXT_BUTTON} onClick={() => actions.onRetry(item.record_id)}>
            <Icon as={RotateCw} size={12} />
            {words.RETRY}
          </button>
        ) : null}
        {byAgent && data.turn_id ? (
          <button
            type="button"
            className={TEXT_BUTTON}
            aria-expanded={isOpen}
            onClick={() => actions.onWhy(data.turn_id)}
          >
            {words.WHY}
          </button>
        ) : null}
        {item.status === "scheduled" ? (
          <>
            <span className="text-info-ink">
              {words.GOES_OUT} <When at={data.scheduled_at} />
            </span>
            <button type="button" className={TEXT_BUTTON} onClick={() => actions.onCancel(item.record_id)}>
              {words.CANCEL_SEND}
            </button>
          </>
        ) : (
          <Timestamp at={item.at} format="clock" />
        )}
        {!inbound && picture && !failed && item.status !== "scheduled" ? (
          <span className={`inline-flex items-center gap-1 ${tint}`}>
            <Icon as={picture} size={14} />
            {words[word]}
          </span>
        ) : null}
      </div>
    </article>
  );
}

export function When({ at }) {
  if (!at) return null;
  const date = new Date(at);
  const words = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
  return <time dateTime={at}>{words.format(date)}</time>;
}

// A message this tab has sent and the server has not shown yet.
export function Outgoing({ message, now, patience, words, onAgain, onEdit }) {
  const late = !message.error && !message.recordId && now - new Date(message.at).getTime() > patience;
  return (
    <article aria-label={words.YOU} className="flex flex-col items-end pt-1">
      <div
        className={
          "max-w-[min(36rem,88%)] whitespace-pre-wrap break-words rounded-card bg-selected px-3 py-2 text-14 text-ink " +
          (message.error ? "ring-1 ring-danger" : "")
        }
      >
        {message.body || (message.fileCount === 1 ? words.ONE_FILE : words.FILES_ONLY.replace("{n}", message.fileCount ?? 0))}
      </div>
      <div className="mt-0.5 flex min-h-5 flex-wrap items-center justify-end gap-x-2 px-0.5 text-12 text-muted">
        {message.error || late ? (
          <>
            <span role="alert" className="text-danger-ink">
              {message.error || words.NO_ANSWER}
            </span>
            <button type="button" className={TEXT_BUTTON} onClick={onAgain}>
              <Icon as={RotateCw} size={12} />
              {words.RETRY}
            </button>
            <button type="button" className={TEXT_BUTTON} onClick={onEdit}>
              {words.EDIT}
            </button>
          </>
        ) : (
          <span className="inline-flex items-center gap-1 text-faint">
            <Icon as={DELIVERY.sending[0]} size={14} />
            {words.SENDING}
          </span>
        )}
      </div>
    </article>
  );
}
