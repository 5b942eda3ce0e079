/** Says plainly that what is on the screen is old, how old, and when the next try begins. */

import { age, t } from "../language";
import { retryNow } from "../state/session";
import { link, now_ms } from "../state/store";

export function LinkBanner() {
  void now_ms.value;
  const { state, heard_s, retry_s } = link.value;
  if (state === "live" || (state === "connecting" && heard_s === null)) return null;
  const now_s = performance.now() / 1000;
  return (
    <div class="link-banner" role="alert">
      <strong>{t("link.lost")}.</strong>
      <span>
        {heard_s === null ? t("link.never_text") : t("link.lost_text", { age: age(now_s - heard_s) })}
      </span>
      <span class="retry">
        {retry_s === null
          ? t("link.retrying")
          : t("link.retry_in", { seconds: Math.max(0, Math.ceil(retry_s - now_s)) })}
      </span>
      <button onClick={retryNow}>{t("link.retry_now")}</button>
    </div>
  );
}
