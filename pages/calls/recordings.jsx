// The recordings of a call above its transcript: which of them plays, and which line is being spoken in it.
import { useMemo, useState } from "react";
import { Player } from "$/public/external/pages/calls/parts/player.jsx";

const millis = (moment) => new Date(moment).getTime();
// A line is told when it is complete; the voice began at `began_at`, where that is known.
const beginning = (line) => millis(line.began_at || line.at);

// Which recording holds a line, and how far into it; null for a line that was spoken outside all of them.
export function placeOf(line, recordings) {
  const began = beginning(line);
  for (const one of recordings) {
    const seconds = (began - millis(one.started_at)) / 1000;
    if (one.status === "ready" && seconds > -1 && seconds < one.duration_ms / 1000) return { id: one.id, seconds: Math.max(0, seconds) };
  }
  return null;
}

// What plays, where each line is in it, and the line that is being spoken.
export function usePlaying(all, recordings, isSilent) {
  const ready = recordings ?? [];
  const [jump, setJump] = useState(null);
  const [heard, setHeard] = useState(null);
  const [lines, places] = useMemo(() => {
    const spokenLines = all.filter((line) => !isSilent(line));
    return [spokenLines, new Map(spokenLines.map((line) => [line.id, placeOf(line, ready)]))];
  }, [all, recordings]);
  let spoken = "";
  if (heard) {
    for (const line of lines) {
      const place = places.get(line.id);
      if (place?.id === heard.id && place.seconds <= heard.seconds + 0.05) spoken = line.id;
    }
  }
  return {
    jump,
    places,
    spoken,
    playFrom: (line) => setJump({ ...places.get(line.id) }),
    onTime: (id, seconds) => setHeard(seconds > 0 ? { id, seconds } : null),
  };
}

export function Recordings({ recordings, playing, callerName, agentName, isLive, words }) {
  const shown = (recordings ?? []).filter((one) => one.status === "ready");
  const isMaking = !isLive && (recordings ?? []).some((one) => one.status !== "ready");
  if (!shown.length && !isMaking) return null;
  return (
    <div className="flex flex-col gap-2">
      {shown.map((one, at) => (
        <div key={one.id} className="flex flex-col gap-1">
          {shown.length > 1 ? (
            <p className="text-12 text-muted">{words.PART.replace("{number}", at + 1).replace("{count}", shown.length)}</p>
          ) : null}
          <Player
            recording={one}
            jump={playing.jump}
            above={callerName || words.CALLER}
            below={agentName || words.AGENT}
            words={words}
            onTime={playing.onTime}
          />
        </div>
      ))}
      {isMaking ? (
        <p role="status" className="text-13 text-muted">
          {words.RECORDING_MADE}
        </p>
      ) : null}
    </div>
  );
}
