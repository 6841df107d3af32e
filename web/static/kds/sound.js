// Three sounds that can be told apart over an extractor fan: a new ticket rises, a change knocks, a cut-off falls.
// Off until somebody switches them on; a browser lets a page sound only after a touch anyway.

const SOUNDS = {
  ticket: [[660, 0, 0.14], [990, 0.15, 0.22]],
  change: [[330, 0, 0.09], [330, 0.14, 0.09], [330, 0.28, 0.09]],
  cutOff: [[520, 0, 0.3], [390, 0.32, 0.3], [260, 0.64, 0.5]],
};

export class Sound {
  #context = null;

  constructor(memory) {
    this.memory = memory;
    document.addEventListener("pointerdown", () => this.#wake());
    document.addEventListener("keydown", () => this.#wake());
  }

  get on() {
    return this.memory.sound;
  }

  toggle() {
    this.memory.sound = !this.on;
    this.#wake();
    this.play("ticket");
  }

  play(name) {
    if (!this.on || this.#context?.state !== "running") return;
    for (const [pitch, start, length] of SOUNDS[name]) this.#note(pitch, start, length);
  }

  #wake() {
    if (!this.on) return;
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") this.#context.resume();
  }

  #note(pitch, start, length) {
    const at = this.#context.currentTime + start;
    const tone = new OscillatorNode(this.#context, { frequency: pitch, type: "triangle" });
    const loudness = new GainNode(this.#context, { gain: 0 });
    loudness.gain.linearRampToValueAtTime(0.5, at + 0.015);
    loudness.gain.setValueAtTime(0.5, at + length - 0.03);
    loudness.gain.linearRampToValueAtTime(0, at + length);
    tone.connect(loudness).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + length + 0.02);
  }
}
