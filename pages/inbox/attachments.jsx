// Files that go with a message: sent to the server as they are chosen, shown until the message leaves.
import { useRef, useState } from "react";
import FileText from "lucide-react/dist/esm/icons/file-text.mjs";
import Paperclip from "lucide-react/dist/esm/icons/paperclip.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const MOST = 8;
const MOST_BYTES = 5_000_000;

export function useFiles(conversationId, channel, words) {
  const [files, setFiles] = useState([]);
  const [error, setError] = useState("");
  const add = async (chosen) => {
    setError("");
    for (const file of [...chosen].slice(0, MOST - files.length)) {
      const key = `${file.name}${file.size}${Math.random()}`;
      if (file.size > MOST_BYTES) {
        setError(words.FILE_TOO_LARGE);
        continue;
      }
      setFiles((now) => [...now, { key, name: file.name, type: file.type, id: "" }]);
      const path = channel === "chat" ? "chat-files" : "files";
      try {
        const answer = await fetch(`/api/inbox/${path}/${conversationId}?name=${encodeURIComponent(file.name)}`, {
          method: "POST",
          body: file,
        });
        const said = await answer.json();
        if (!answer.ok) throw new Error(said.error?.message);
        setFiles((now) => now.map((one) => (one.key === key ? { ...one, id: said.id, type: said.content_type } : one)));
      } catch (problem) {
        setFiles((now) => now.filter((one) => one.key !== key));
        setError((problem instanceof TypeError ? "" : problem.message) || words.FILE_FAILED);
      }
    }
  };
  return {
    files,
    error,
    add,
    remove: (key) => setFiles((now) => now.filter((one) => one.key !== key)),
    clear: () => setFiles([]),
    waiting: files.some((file) => !file.id),
    ids: files.map((file) => file.id).filter(Boolean),
  };
}

export function AttachButton({ words, className, disabled, onFiles }) {
  const field = useRef(null);
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        accept="image/png,image/jpeg,image/gif,video/mp4,video/3gpp,audio/mpeg,audio/amr,application/pdf,text/vcard"
        onChange={(event) => {
          onFiles(event.target.files);
          event.target.value = "";
        }}
      />
      <button
        type="button"
        aria-label={words.ATTACH}
        title={words.ATTACH}
        disabled={disabled}
        onClick={() => field.current?.click()}
        className={className}
      >
        <Icon as={Paperclip} />
      </button>
    </>
  );
}

export function Attached({ files, channel, error, words, onRemove }) {
  return (
    <>
      {error ? (
        <p role="alert" className="px-3 pt-2 text-13 text-danger-ink">
          {error}
        </p>
      ) : null}
      {files.length ? (
        <ul aria-label={words.ATTACHED} className="flex flex-wrap gap-2 px-3 pt-2.5">
          {files.map((file) => (
            <li key={file.key} className="flex h-11 max-w-52 items-center gap-2 rounded-control border border-line bg-sunken pr-1 pl-1.5 text-13">
              {file.id && channel !== "chat" && file.type.startsWith("image/") ? (
                <img src={`/api/inbox/chosen-files/${file.id}`} alt="" className="size-8 rounded-control object-cover" />
              ) : (
                <span className={`inline-flex size-8 items-center justify-center text-muted ${file.id ? "" : "animate-breathe"}`}>
                  <Icon as={FileText} />
                </span>
              )}
              <span className="min-w-0 flex-1 truncate">{file.id ? file.name : words.FILE_SENDING}</span>
              <button
                type="button"
                aria-label={words.FILE_REMOVE.replace("{name}", file.name)}
                onClick={() => onRemove(file.key)}
                className="inline-flex size-6 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
              >
                <Icon as={X} size={14} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
