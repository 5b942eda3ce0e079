/** Short words on what came of a deed. */

import { notices } from "../state/actions";

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map((notice) => (
        <p key={notice.key} class={notice.tone}>
          {notice.text}
        </p>
      ))}
    </div>
  );
}
