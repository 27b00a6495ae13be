// Bring a voice from the microphone to a line and from a line to the ear, off the page's own thread (see voice-line.js).
"use strict";

// What crosses the line: samples a second, and those of a frame of 20 ms.
const RATE = 24000;
const FRAME = 480;
// How much is held before playing begins. A network that lets the sound run dry is given more, up to the most.
const FIRST_HELD = RATE * 0.06;
const MORE_HELD = RATE * 0.04;
const MOST_HELD = RATE * 0.3;
// A live voice that lies further back than this has been caught up with: what is oldest is not played.
const MOST_BEHIND = RATE * 0.5;
const LEVEL_EVERY = 2400;

const loudness = (sum, count) => Math.min(1, Math.sqrt(sum / Math.max(1, count)) * 4);

// The microphone at the page's rate becomes frames at the line's: each sample is the mean of what it covers.
class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.covered = 0;
    this.sum = 0;
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.power = 0;
    this.isMuted = false;
    this.port.onmessage = ({ data }) => (this.isMuted = data.isMuted);
  }

  put(value) {
    const sample = this.isMuted ? 0 : Math.max(-1, Math.min(1, value));
    this.power += sample * sample;
    this.frame[this.filled++] = Math.round(sample * 32767);
    if (this.filled < FRAME) return;
    const level = loudness(this.power, FRAME);
    this.port.postMessage({ sound: this.frame.buffer, level }, [this.frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = this.power = 0;
  }

  process([input]) {
    if (!input.length) return true;
    for (let place = 0; place < input[0].length; place++) {
      let value = 0;
      for (const channel of input) value += channel[place] / input.length;
      let left = 1;
      while (this.covered + left >= this.step) {
        const part = this.step - this.covered;
        this.put((this.sum + value * part) / this.step);
        left -= part;
        this.sum = this.covered = 0;
      }
      this.sum += value * left;
      this.covered += left;
    }
    return true;
  }
}

// Frames of the line are played without gaps; what is cleared is not heard, and marks come back when they are reached.
class Speaker extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.isLive = processorOptions.isLive;
    this.step = RATE / sampleRate;
    this.chunks = [];
    this.held = 0;
    this.at = 0;
    this.marks = [];
    this.isPlaying = false;
    this.enough = FIRST_HELD;
    this.last = 0;
    this.power = this.played = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take({ sound, mark, clear }) {
    if (sound) {
      const samples = new Int16Array(sound);
      this.chunks.push(samples);
      this.held += samples.length;
      if (this.isLive && this.held - this.at > MOST_BEHIND) this.skip(this.held - this.at - this.enough);
    } else if (mark) {
      this.marks.push({ name: mark, left: this.held });
      this.reach();
    } else if (clear) {
      this.chunks = [];
      this.held = this.at = 0;
      this.isPlaying = false;
      for (const one of this.marks) one.left = 0;
      this.reach();
    }
  }

  skip(samples) {
    this.at += samples;
    this.trim();
  }

  // Let go of the chunks that were played, and tell of the marks that stood in them.
  trim() {
    let gone = 0;
    while (this.chunks.length && this.at >= this.chunks[0].length) {
      const { length } = this.chunks.shift();
      this.at -= length;
      gone += length;
    }
    this.held -= gone;
    if (gone) for (const one of this.marks) one.left -= gone;
    this.reach();
  }

  reach() {
    while (this.marks.length && this.marks[0].left <= (this.chunks.length ? this.at : 0)) {
      this.port.postMessage({ played: this.marks.shift().name });
    }
  }

  sample(place) {
    let index = place;
    for (const chunk of this.chunks) {
      if (index < chunk.length) return chunk[index] / 32768;
      index -= chunk.length;
    }
    return null;
  }

  process(_, [[output]]) {
    // The end of a speech is played however short it is.
    if (!this.isPlaying && (this.held - this.at >= this.enough || (this.marks.length && this.held > 0))) this.isPlaying = true;
    for (let place = 0; place < output.length; place++) {
      const here = this.isPlaying ? this.sample(Math.floor(this.at)) : null;
      if (here === null) {
        if (this.isPlaying) {
          this.isPlaying = false;
          if (!this.marks.length && this.chunks.length) this.enough = Math.min(MOST_HELD, this.enough + MORE_HELD);
        }
        // Silence is faded to, so that it does not crack.
        this.last *= 0.9;
      } else {
        const next = this.sample(Math.floor(this.at) + 1) ?? here;
        this.last = here + (next - here) * (this.at % 1);
        this.at += this.step;
      }
      output[place] = this.last;
      this.power += this.last * this.last;
    }
    this.trim();
    this.played += output.length;
    if (this.played >= LEVEL_EVERY) {
      this.port.postMessage({ level: loudness(this.power, this.played) });
      this.power = this.played = 0;
    }
    return true;
  }
}

registerProcessor("magpipe-microphone", Microphone);
registerProcessor("magpipe-speaker", Speaker);
