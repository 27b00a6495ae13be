// The head of a call's page: how it stands or what came of it, and the way to end one that runs.
import { isLive, lasted, picture, reasonOf, resultOf, running, titleOf } from "$/public/external/pages/calls/parts/saying.jsx";
import { StepIn } from "$/public/external/pages/calls/parts/step_in.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { useSeconds } from "$/public/external/pages/inbox/parts/live.jsx";

export function CallHead({ call, asked, opening, takenBy, isHeld, parties, colleagues, words, onAsk, onComeIn, onHangUp }) {
  const live = isLive(call.status);
  const now = useSeconds(live && Boolean(call.answered_at));
  const shape = {
    direction: call.direction,
    status: call.status,
    disposition: call.disposition,
    isMissed: call.is_missed,
    agentName: call.agent_name,
  };
  const [face, tint] = picture(shape);
  const result = live ? words[call.status.toUpperCase()] : resultOf(shape, words);
  const reason = live ? "" : reasonOf(call.reason, result);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <span className="inline-flex size-10 shrink-0 items-center justify-center rounded-card border border-line bg-sunken">
        <Icon as={face} size={20} className={tint} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="text-16 font-semibold">{titleOf(shape, words)}</p>
        <p className="text-14 text-muted" role={live ? "status" : undefined}>
          {result}
          {live && call.answered_at ? (
            <span aria-hidden="true" className="tabular">
              {" · "}
              {running(call.answered_at, now)}
            </span>
          ) : null}
          {!live && call.duration_s ? ` · ${lasted(call.duration_s, words)}` : ""}
        </p>
        {reason ? <p className="text-13 text-pretty text-muted">{reason}</p> : null}
      </div>
      {live ? (
        <div className="w-full">
          <StepIn
            callId={call.id}
            talking={call.status === "in_progress" && Boolean(call.agent_id)}
            asked={asked}
            words={words}
            opening={opening}
            takenBy={takenBy}
            onHold={isHeld}
            parties={parties}
            colleagues={colleagues}
            others={[call.contact_name || call.number_display, call.agent_name]}
            onAsk={onAsk}
            onComeIn={onComeIn}
            onHangUp={onHangUp}
          />
        </div>
      ) : null}
    </div>
  );
}
