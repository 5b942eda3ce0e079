/** Whether the drone is ready, worst first, and what it will do on three bad days. */

import { useEffect, useRef } from "preact/hooks";
import type { Readiness, ReadinessLine } from "../hub/types";
import { inLanguage, t } from "../language";
import { lookOver, readiness } from "../state/flying";
import { vehicles } from "../state/store";

const SIGN = { ok: "✔", warning: "!", blocking: "✖" } as const;
const SENTENCES = ["on_link_loss", "on_low_battery", "on_fence_breach"] as const;

export function ReadinessCard() {
  const shown = readiness.value;
  const element = useRef<HTMLDialogElement>(null);
  const open = shown !== null;
  useEffect(() => {
    if (open && !element.current?.open) element.current?.showModal();
  }, [open]);
  const vehicle = vehicles.value.get(shown?.systemId ?? -1);
  if (!shown || !vehicle) return null;
  const heading = t("ready.heading", { name: vehicle.name });
  return (
    <dialog ref={element} class="readiness" onClose={() => (readiness.value = null)} aria-label={heading}>
      <h2>{heading}</h2>
      {shown.report ? <Report report={shown.report} /> : <p class="dim">{t("ready.looking")}</p>}
      <div class="row-buttons end">
        <button type="button" disabled={!shown.report} onClick={() => void lookOver(vehicle)}>
          {t("ready.again")}
        </button>
        <button type="button" class="main" onClick={() => element.current?.close()}>
          {t("app.close")}
        </button>
      </div>
    </dialog>
  );
}

function Report({ report }: { report: Readiness }) {
  const bad = report.lines.filter((line) => line.level !== "ok");
  const good = report.lines.filter((line) => line.level === "ok");
  return (
    <div class="readiness-body">
      <p class={`verdict ${report.level}`}>
        <b>{t(`ready.${report.level}`)}</b>
      </p>
      <h3>{t("ready.will")}</h3>
      <ul class="will">
        {SENTENCES.map((name) => (
          <li key={name}>{report[name] ? inLanguage(report[name]?.will) : t("ready.unread")}</li>
        ))}
      </ul>
      <ul class="lines">{bad.map((line) => <Line key={line.check} line={line} />)}</ul>
      <ul class="lines fine">
        {good.map((line) => (
          <li key={line.check} class="ok">
            <span aria-hidden="true">{SIGN.ok}</span> {inLanguage(line.fact)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Line({ line }: { line: ReadinessLine }) {
  return (
    <li class={line.level}>
      <span class="sign" aria-hidden="true">
        {SIGN[line.level]}
      </span>
      <div>
        <b>{inLanguage(line.fact)}</b>
        <p>{inLanguage(line.consequence)}</p>
        <p class="dim">→ {inLanguage(line.proposal)}</p>
      </div>
    </li>
  );
}
