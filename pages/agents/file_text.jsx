// A button that reads one small text file in the browser and hands over what it says.
import { useRef } from "react";

export function FileText({ accept, limit, words, className, children, onText, onRefuse }) {
  const input = useRef(null);
  const read = async (event) => {
    const [file] = event.target.files;
    // The same file can be chosen again after it was mended.
    event.target.value = "";
    if (!file) return;
    if (file.size > limit) {
      onRefuse?.(words.too_large);
      return;
    }
    try {
      onText?.(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    } catch {
      onRefuse?.(words.unreadable);
    }
  };
  return (
    <>
      <input ref={input} type="file" accept={accept} onChange={read} className="sr-only" tabIndex={-1} aria-hidden="true" />
      <button type="button" className={className} onClick={() => input.current.click()}>
        {children}
      </button>
    </>
  );
}
