import { useEffect, useState } from "react";

// Says when the browser knows it is offline.
export function OfflineNote({ text, className }) {
  const [offline, setOffline] = useState(false);
  useEffect(() => {
    const update = () => setOffline(!navigator.onLine);
    update();
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, []);
  return (
    <div role="status" aria-live="polite">
      {offline ? <p data-part="offline" className={className}>{text}</p> : null}
    </div>
  );
}
