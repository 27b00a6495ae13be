// Tell the page how much of its foot a box takes, so that toasts on phones stay above it however tall it grows.
import { useEffect } from "react";

const ROOM = "--foot-room";

export function useRoomFor(box) {
  useEffect(() => {
    const root = document.documentElement;
    const measure = () =>
      root.style.setProperty(ROOM, `${Math.round(window.innerHeight - box.current.getBoundingClientRect().top)}px`);
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(box.current);
    window.addEventListener("resize", measure);
    return () => {
      watcher.disconnect();
      window.removeEventListener("resize", measure);
      root.style.removeProperty(ROOM);
    };
  }, []);
}
