/** The picture that made the rule fire, with what was found in it. */

import { useState } from "preact/hooks";
import { pictureUrl } from "../hub/api";
import type { Alert, Picture } from "../hub/types";
import { inLanguage, named, percent, t } from "../language";
import { CLASS_COLOUR, classGroup } from "../map/palette";
import { dialog } from "../state/actions";
import { now_ms } from "../state/store";
import { partToEnlarge } from "./close_up";

const ASK_AGAIN_MS = 4000;
// Many thick frames would hide what they frame.
const THIN_FROM_BOXES = 8;

export function AlertPicture({ alert }: { alert: Alert }) {
  if (!alert.picture) return <p class="no-picture">{t("alert.no_picture")}</p>;
  return (
    <button class="picture" onClick={() => (dialog.value = "picture")} aria-label={t("alert.enlarge")} title={t("alert.enlarge")}>
      <BoxedPicture picture={alert.picture} words={inLanguage(alert.title)} />
    </button>
  );
}

/** The picture may come after its event; until it does the place is kept and it is asked for again. */
export function BoxedPicture({ picture, words }: { picture: Picture; words: string }) {
  const [failed_ms, setFailed] = useState(0);
  const waits = failed_ms > 0 && now_ms.value - failed_ms < ASK_AGAIN_MS;
  return (
    <span class="boxed" style={{ aspectRatio: `${picture.width_px} / ${picture.height_px}` }}>
      {waits ? (
        <span class="waiting">{t("alert.picture_waiting")}</span>
      ) : (
        <img src={pictureUrl(picture.sha256)} alt={`${t("alert.picture")}: ${words}`} onError={() => setFailed(Date.now())} />
      )}
      {waits ? null : <Boxes picture={picture} />}
      {waits ? null : <CloseUp picture={picture} />}
    </span>
  );
}

function Boxes({ picture }: { picture: Picture }) {
  return (
    <svg class="boxes" viewBox={`0 0 ${picture.width_px} ${picture.height_px}`} aria-hidden="true">
      {picture.boxes.map((box, index) => (
        <g key={index} stroke={CLASS_COLOUR[classGroup(box.object_class)]}>
          <title>{`${named("class", box.object_class)} ${percent(box.confidence)}`}</title>
          <rect x={box.left_px} y={box.top_px} width={box.width_px} height={box.height_px} fill="none" stroke-width={picture.boxes.length < THIN_FROM_BOXES ? 2 : 1} vector-effect="non-scaling-stroke" />
        </g>
      ))}
    </svg>
  );
}

/** What was found, enlarged and without boxes, in the corner where it hides nothing of it. */
function CloseUp({ picture }: { picture: Picture }) {
  const part = partToEnlarge(picture);
  if (!part) return null;
  return (
    <svg
      class={`close-up ${part.corner}`}
      viewBox={`${part.left_px} ${part.top_px} ${part.width_px} ${part.height_px}`}
      aria-hidden="true"
    >
      <image href={pictureUrl(picture.sha256)} width={picture.width_px} height={picture.height_px} />
    </svg>
  );
}
