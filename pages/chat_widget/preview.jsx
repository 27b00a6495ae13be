import { useEffect, useRef } from "react";

// The real widget in a frame of its own, drawn anew whenever a setting changes.
export function WidgetPreview({ config, title, className }) {
  const frame = useRef(null);
  const latest = useRef(config);
  latest.current = config;
  const post = () => frame.current?.contentWindow?.postMessage({ magpipe: latest.current }, window.location.origin);
  const key = JSON.stringify(config);
  useEffect(post, [key]);
  useEffect(() => {
    const hear = (event) => {
      if (event.origin === window.location.origin && event.source === frame.current?.contentWindow && event.data?.magpipeReady) post();
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, []);
  return <iframe ref={frame} src="/api/chat/preview" title={title} className={className} />;
}
