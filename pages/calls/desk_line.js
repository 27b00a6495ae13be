// The call this tab holds, apart from any page: going to another page neither ends nor mutes it.
import { VoiceLine } from "$/public/voice-line.js";
import { choose, chosen } from "$/public/external/pages/calls/parts/devices.js";

const NONE = { stage: "idle", call: "", name: "", number: "", conversation: "", party: "", answeredAt: 0, lasted: 0, reason: "", isMuted: false, hasMicrophone: true, isIncoming: false };

let state = NONE;
let line = null;
const listeners = new Set();

export const meter = { current: null };
export const snapshot = () => state;
export function subscribe(notify) {
  listeners.add(notify);
  return () => listeners.delete(notify);
}

function set(changes) {
  state = { ...state, ...changes };
  listeners.forEach((notify) => notify());
}

export const isBusy = () => ["dialling", "waiting", "open"].includes(state.stage);

function end(reason) {
  line = null;
  set({ stage: "over", reason, lasted: state.answeredAt ? Date.now() - state.answeredAt : 0 });
}

// In the click that calls, or takes a caller: takes microphone and ear. Tells whether the number may be rung: a person may take their time
// to allow the microphone, or hang up meanwhile.
export function begin(number, caller = "") {
  const made = new VoiceLine();
  line = made;
  set({ ...NONE, stage: "dialling", name: caller || number, number, isIncoming: !!caller });
  made.addEventListener("microphone", ({ detail }) => set({ hasMicrophone: detail.has }));
  made.addEventListener("level", ({ detail }) => meter.current?.style.setProperty("--level", detail.mine.toFixed(2)));
  made.addEventListener("told", ({ detail }) => {
    if (detail.event === "answered") set({ stage: "open", answeredAt: Date.now() });
    if (detail.event === "ended") set({ reason: detail.ending });
  });
  made.addEventListener("closed", ({ detail }) => line === made && end(detail.reason || state.reason || (detail.lost ? "lost" : "")));
  return made.prepare({ microphone: chosen("microphone"), speaker: chosen("speaker"), live: true }).then(
    () => line === made,
    () => {
      made.close();
      return false;
    },
  );
}

export function connect({ url, pass, call, name, conversation, party }) {
  set({ stage: "waiting", call, name, conversation, party });
  line?.connect(url, pass);
}

export function refuse() {
  const made = line;
  line = null;
  made?.close();
  set(NONE);
}

// The record says that it is over: busy, nobody there, refused by the carrier.
export function over(reason) {
  if (!isBusy()) return;
  const made = line;
  line = null;
  made?.close();
  end(reason);
}

export function dismiss() {
  if (!isBusy()) set(NONE);
}

export const mute = (isMuted) => {
  line?.mute(isMuted);
  set({ isMuted });
};
export const press = (key) => line?.press(key);
export const hangUp = () => line?.close();
export const pick = (kind, id) => {
  choose(kind, id);
  if (kind === "microphone") line?.setMicrophone(id);
  else line?.setSpeaker(id);
};
