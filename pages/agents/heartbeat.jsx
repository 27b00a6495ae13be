// Says now and then that this page is open, and at once when it comes back to the front.
import { useEffect, useRef } from "react";

const EVERY_MS = 20000;

export function Heartbeat({ subject, onBeat }) {
  const beat = useRef(onBeat);
  beat.current = onBeat;
  useEffect(() => {
    if (!subject) return undefined;
    const say = () => document.visibilityState === "visible" && beat.current?.();
    say();
    const timer = setInterval(say, EVERY_MS);
    document.addEventListener("visibilitychange", say);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", say);
    };
  }, [subject]);
  return null;
}
