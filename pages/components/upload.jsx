// Choose or drop one file, send it with its progress, and say what is wrong with it.
import { useRef, useState } from "react";
import FileUp from "lucide-react/dist/esm/icons/file-up.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const MOST = 20_000_000;

export function Upload({ url, query, accept, words, className, onTaken }) {
  const input = useRef(null);
  const [sent, setSent] = useState(-1);
  const [problem, setProblem] = useState("");
  const [over, setOver] = useState(false);

  const send = (file) => {
    if (!file) return;
    if (file.size > MOST) {
      setProblem(words.TOO_LARGE);
      return;
    }
    setProblem("");
    setSent(0);
    const request = new XMLHttpRequest();
    request.open("POST", `${url}?${new URLSearchParams({ ...query, name: file.name })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => event.lengthComputable && setSent(event.loaded / event.total);
    request.onload = () => {
      setSent(-1);
      let said = {};
      try {
        said = JSON.parse(request.responseText);
      } catch {
        // What stands before the server may answer in its own words; ours are said below.
      }
      if (request.status === 201) onTaken(said.id ?? "");
      else setProblem(said.error?.message ?? words.NOT_SENT);
    };
    request.onerror = () => {
      setSent(-1);
      setProblem(words.NOT_SENT);
    };
    request.send(file);
  };
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (sent < 0) send(event.dataTransfer.files[0]);
      }}
      className={`flex flex-col items-start gap-3 rounded-card border border-dashed p-6 ${over ? "border-accent bg-accent-soft" : "border-control bg-sunken"}`}
    >
      <input
        ref={input}
        type="file"
        accept={accept}
        tabIndex={-1}
        aria-hidden="true"
        className="sr-only"
        onChange={(event) => {
          const [file] = event.target.files;
          event.target.value = "";
          send(file);
        }}
      />
      <div className="flex flex-wrap items-center gap-3">
        <button type="button" disabled={sent >= 0} onClick={() => input.current.click()} className={className}>
          <Icon as={FileUp} />
          {words.CHOOSE}
        </button>
        <span className="text-13 text-muted">{words.DROP}</span>
      </div>
      {sent >= 0 ? (
        <div role="status" className="w-full max-w-100 text-13 text-muted">
          {words.READING} <span className="tabular">{Math.round(sent * 100)} %</span>
          <div className="mt-1 h-1.5 overflow-hidden rounded-full bg-selected">
            <div className="h-full rounded-full bg-accent" style={{ width: `${sent * 100}%` }} />
          </div>
        </div>
      ) : null}
      <p role="alert" className="text-13 text-danger-ink empty:hidden">
        {problem}
      </p>
    </div>
  );
}
