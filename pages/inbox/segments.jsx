// Count how many texts a message takes, as carriers bill it: 3GPP TS 23.038 alphabet, TS 23.040 concatenation.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("\f^{}\\[~]|€");
const GSM = { one: 160, many: 153 };
const UCS2 = { one: 70, many: 67 };

// Returns { segments, left, unicode }: texts needed, characters until the next one, and whether the text needs UCS-2.
export function countSegments(text) {
  const characters = [...text];
  const unicode = characters.some((character) => !BASIC.has(character) && !EXTENDED.has(character));
  const limit = unicode ? UCS2 : GSM;
  const costs = characters.map((character) => (unicode ? character.length : EXTENDED.has(character) ? 2 : 1));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  if (total <= limit.one) return { segments: 1, left: limit.one - total, unicode };
  // A pair (an escape or a surrogate) never straddles two texts.
  let segments = 1;
  let used = 0;
  for (const cost of costs) {
    if (used + cost > limit.many) {
      segments += 1;
      used = 0;
    }
    used += cost;
  }
  return { segments, left: limit.many - used, unicode };
}
