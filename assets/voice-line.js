// A line between this page and the voice process: a microphone, an ear, and news beside them.
//
//   const line = new VoiceLine();
//   line.addEventListener("told", ({ detail }) => …);        // what the other end tells the screen: {event, …}
//   await line.prepare({ microphone: "", live: false });     // in the click that begins a call; false listens alone
//   line.connect(url, pass);                                 // events: open, told, level, microphone, closed
//   line.mute(true); line.press("5"); line.say("Hello"); line.close();
//
// Sound is PCM of 16 bits, one channel, 24 kHz, in binary messages; everything else is a JSON object with an `event`.

const WORKLET = "/voice-worklet.js";
// A network that is slower than the voice is not given ever more of it.
const MOST_WAITING = 96000;
// A voice process that is being started again is there in a few seconds, on a busy machine later; a pass is good for a minute.
const TRIES = 36;
const AGAIN_MS = 1500;

const heard = (microphone) => ({
  ...(microphone ? { deviceId: { exact: microphone } } : {}),
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
});

// The devices there are, as {id, label}; browsers name them once the microphone was allowed.
export async function devices() {
  const known = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
  const of = (kind) => known.filter((one) => one.kind === kind && one.deviceId).map((one) => ({ id: one.deviceId, label: one.label }));
  // Only some browsers let a page choose where its sound goes.
  const canChoose = typeof AudioContext !== "undefined" && "setSinkId" in AudioContext.prototype;
  return { microphones: of("audioinput"), speakers: canChoose ? of("audiooutput") : [] };
}

export class VoiceLine extends EventTarget {
  hasMicrophone = false;
  isMuted = false;
  #context = null;
  #stream = null;
  #source = null;
  #microphone = null;
  #speaker = null;
  #volume = null;
  #socket = null;
  #isOver = false;
  #levels = { mine: 0, theirs: 0 };
  #reason = "";

  // Take the microphone and the ear. Without a microphone the line is opened all the same: `hasMicrophone` says so.
  async prepare({ microphone = "", speaker = "", live = false } = {}) {
    this.#context = new AudioContext({ latencyHint: "interactive" });
    this.#context.resume();
    if (microphone !== false) await this.#listen(microphone);
    await this.#context.audioWorklet.addModule(WORKLET);
    if (this.#isOver) return this.#release();
    this.#speaker = new AudioWorkletNode(this.#context, "magpipe-speaker", {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: { isLive: live },
    });
    this.#speaker.port.onmessage = ({ data }) => {
      if (data.played) this.send({ event: "mark", name: data.played });
      else this.#level({ theirs: data.level });
    };
    this.#volume = this.#context.createGain();
    this.#speaker.connect(this.#volume).connect(this.#context.destination);
    if (speaker) await this.setSpeaker(speaker);
    if (microphone === false) return;
    this.#microphone = new AudioWorkletNode(this.#context, "magpipe-microphone", { numberOfOutputs: 0 });
    this.#microphone.port.onmessage = ({ data }) => {
      this.#level({ mine: data.level });
      const { readyState, bufferedAmount } = this.#socket ?? {};
      if (readyState === WebSocket.OPEN && bufferedAmount < MOST_WAITING) this.#socket.send(data.sound);
    };
    this.#microphone.port.postMessage({ isMuted: this.isMuted });
    this.#join();
  }

  connect(url, pass, tries = TRIES) {
    if (this.#isOver) return;
    let wasOpen = false;
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => {
      wasOpen = true;
      this.send({ event: "start", pass });
      this.#tell("open");
    };
    this.#socket.onmessage = ({ data }) => this.#take(data);
    this.#socket.onclose = ({ code }) => {
      if (!wasOpen && tries > 1) setTimeout(() => this.connect(url, pass, tries - 1), AGAIN_MS);
      else this.#end({ reason: this.#reason, lost: !this.#reason && code !== 1000 });
    };
  }

  mute(isMuted) {
    this.isMuted = isMuted;
    this.#microphone?.port.postMessage({ isMuted });
  }

  press(digit) {
    this.send({ event: "key", digit });
  }

  say(text) {
    this.send({ event: "say", text });
  }

  send(told) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(told));
  }

  // How loud the other end is: 1 as it comes, 0 silent.
  setVolume(share) {
    if (this.#volume) this.#volume.gain.value = share;
  }

  async setMicrophone(id) {
    if (!this.#context || this.#isOver) return;
    await this.#listen(id);
    this.#join();
  }

  async setSpeaker(id) {
    // A device that went away leaves the sound where it is.
    await this.#context?.setSinkId?.(id).catch(() => {});
  }

  close() {
    this.send({ event: "bye" });
    this.#socket?.close(1000);
    this.#end({ reason: "", lost: false });
  }

  async #listen(id) {
    let stream = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: heard(id) });
    } catch {
      // Refused, or there is none: an old choice of device is the only one with another way.
      if (id) return this.#listen("");
    }
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = stream;
    this.hasMicrophone = !!stream;
    this.#tell("microphone", { has: this.hasMicrophone });
  }

  #join() {
    this.#source?.disconnect();
    this.#source = null;
    if (!this.#stream || !this.#microphone) return;
    this.#source = this.#context.createMediaStreamSource(this.#stream);
    this.#source.connect(this.#microphone);
  }

  #take(data) {
    if (typeof data !== "string") {
      this.#speaker?.port.postMessage({ sound: data }, [data]);
      return;
    }
    const told = JSON.parse(data);
    if (told.event === "mark") this.#speaker?.port.postMessage({ mark: told.name });
    else if (told.event === "clear") this.#speaker?.port.postMessage({ clear: true });
    if (told.event === "refused") this.#reason = told.reason;
    this.#tell("told", told);
  }

  #level(changed) {
    Object.assign(this.#levels, changed);
    this.#tell("level", this.#levels);
  }

  #tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #end(detail) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#release();
    this.#tell("closed", detail);
  }

  #release() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    if (this.#context && this.#context.state !== "closed") this.#context.close();
  }
}
