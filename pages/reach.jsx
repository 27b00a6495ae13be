// Reach a person who looks elsewhere: a short sound, and a note of the desktop while the page is in the background.
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";

// Two soft notes, made here: no file to load, and nothing a content policy would stop.
function chime() {
  try {
    const context = new AudioContext();
    [660, 880].forEach((frequency, place) => {
      const at = context.currentTime + place * 0.12;
      const gain = context.createGain();
      const tone = context.createOscillator();
      tone.frequency.value = frequency;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.08, at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.001, at + 0.35);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.4);
      tone.onended = () => place && context.close();
    });
  } catch {
    // Browsers stay silent until the person has touched the page once.
  }
}

export function Reach({ ring, sound, desktop }) {
  const last = useRef(ring.n);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  useEffect(() => {
    if (ring.n === last.current) return;
    last.current = ring.n;
    const isSeen = document.visibilityState === "visible" && document.hasFocus();
    // What is on screen already needs no bell.
    if (isSeen && pathname.includes(ring.conversation)) return;
    if (sound) chime();
    if (desktop && !isSeen && "Notification" in window && Notification.permission === "granted") {
      const note = new Notification(ring.title, { body: ring.body, tag: ring.conversation });
      note.onclick = () => {
        window.focus();
        navigate(`/inbox/${ring.conversation}`);
        note.close();
      };
    }
  }, [ring.n]);
  return null;
}
