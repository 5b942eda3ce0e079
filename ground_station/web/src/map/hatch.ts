/** A hatched fill, so that closed ground is told by its pattern and not by colour alone. */

const STEP_PX = 10;
const made = new Map<string, CanvasPattern | string>();

export function hatch({ fill, line }: { fill: string; line?: string }): CanvasPattern | string {
  const key = `${fill} ${line}`;
  const known = made.get(key);
  if (known) return known;
  const pattern = draw(fill, line ?? fill) ?? fill;
  made.set(key, pattern);
  return pattern;
}

function draw(fill: string, line: string): CanvasPattern | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = STEP_PX;
  const brush = canvas.getContext("2d");
  if (!brush) return null;
  brush.fillStyle = fill;
  brush.fillRect(0, 0, STEP_PX, STEP_PX);
  brush.strokeStyle = line;
  brush.globalAlpha = 0.45;
  brush.beginPath();
  brush.moveTo(-1, STEP_PX + 1);
  brush.lineTo(STEP_PX + 1, -1);
  brush.stroke();
  return brush.createPattern(canvas, "repeat");
}
