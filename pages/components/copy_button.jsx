// The icon turns into a tick for a moment, and a live region says so.
import { useEffect, useRef, useState } from "react";
import Check from "lucide-react/dist/esm/icons/check.mjs";
import Copy from "lucide-react/dist/esm/icons/copy.mjs";

const SHOWN_MS = 2000;

export function CopyButton({ text, label, done, className }) {
  const [copied, setCopied] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without permission or a secure address the text cannot be copied; the button stays as it was.
      return;
    }
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const Icon = copied ? Check : Copy;
  return (
    <button type="button" onClick={copy} aria-label={label} title={copied ? done : label} className={className}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span role="status" className="sr-only">
        {copied ? done : ""}
      </span>
    </button>
  );
}
