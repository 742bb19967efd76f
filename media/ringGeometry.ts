export const CENTER_X = 136;
export const CENTER_Y = 128;
export const RADIUS = 84;
export const WIDTH = 20;
export const INNER_RADIUS = 60;

/** A point at a distance from the middle, degrees clockwise from 12 o'clock. */
export function polar(radius: number, degrees: number): [x: number, y: number] {
  const radians = ((degrees - 90) * Math.PI) / 180;
  return [CENTER_X + radius * Math.cos(radians), CENTER_Y + radius * Math.sin(radians)];
}

/** Where a label stands beside the ring, and the point of the ring that it speaks of. */
export interface PlacedLabel {
  side: 'left' | 'right';
  y: number;
  from: [x: number, y: number];
}

/** Places labels for arcs with these middles, in degrees, in two columns of so many units a label, so that none meets another. */
export function placeLabels(middles: readonly number[], height: number, top: number, bottom: number): PlacedLabel[] {
  const labels = middles.map((degrees): PlacedLabel => {
    const from = polar(RADIUS + WIDTH / 2, degrees);
    return { side: degrees % 360 < 180 ? 'right' : 'left', y: polar(RADIUS + WIDTH / 2 + 14, degrees)[1], from };
  });
  for (const side of ['left', 'right'] as const) {
    const column = labels.filter((label) => label.side === side).sort((a, b) => a.y - b.y);
    let free = top;
    for (const label of column) {
      label.y = Math.max(label.y, free);
      free = label.y + height;
    }
    let end = bottom;
    for (const label of column.reverse()) {
      label.y = Math.min(label.y, end - height);
      end = label.y;
    }
  }
  return labels;
}
