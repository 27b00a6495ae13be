// Which microphone and speaker a person chose on this machine.
const NAMES = { microphone: "line:microphone", speaker: "line:speaker" };

export function chosen(kind) {
  try {
    return localStorage.getItem(NAMES[kind]) ?? "";
  } catch {
    return "";
  }
}

export function choose(kind, id) {
  try {
    localStorage.setItem(NAMES[kind], id);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}
