/** The page's dialogs. The browser's own `dialog` element keeps the focus within. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { rememberToken } from "../hub/api";
import type { Alert } from "../hub/types";
import { type Key, inLanguage, t } from "../language";
import { busy, closeAlert, dialog, dismissDialog, nameOperator, openIncident } from "../state/actions";
import { operator } from "../state/operator";
import { selectedAlert } from "../state/store";
import { BoxedPicture } from "./AlertPicture";

const KEYS: [string, Key][] = [
  ["J / K", "help.next"],
  ["A", "help.acknowledge"],
  ["I", "help.incident"],
  ["M", "help.map"],
  ["F", "help.fit"],
  ["S", "help.mute"],
  ["Esc", "help.escape"],
  ["?", "help.help"],
];

const OPEN_INCIDENT = {
  heading: "incident.dialog",
  label: "incident.note",
  hint: "incident.note_hint",
  confirm: "alert.open_incident",
  deed: openIncident,
} as const;
const CLOSE_ALERT = {
  heading: "alert.close_without",
  label: "alert.reason",
  hint: "alert.reason_hint",
  confirm: "alert.close_without",
  required: true,
  deed: closeAlert,
} as const;

export function Dialogs() {
  const alert = selectedAlert.value;
  switch (dialog.value) {
    case "operator":
      return <AskOperator />;
    case "token":
      return <AskToken />;
    case "incident":
      return alert ? <AskText alert={alert} {...OPEN_INCIDENT} /> : null;
    case "close":
      return alert ? <AskText alert={alert} {...CLOSE_ALERT} /> : null;
    case "picture":
      return alert?.picture ? (
        <Frame heading={inLanguage(alert.title)} wide>
          <BoxedPicture picture={alert.picture} words={inLanguage(alert.title)} />
          <Buttons />
        </Frame>
      ) : null;
    case "help":
      return <Help />;
    default:
      return null;
  }
}

function Frame({ heading, wide, children }: { heading: string; wide?: boolean; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} class={wide ? "wide" : ""} onClose={dismissDialog} aria-label={heading}>
      <h2>{heading}</h2>
      {children}
    </dialog>
  );
}

function AskOperator() {
  const [name, setName] = useState(operator.value);
  const save = (event: Event) => {
    event.preventDefault();
    if (name.trim()) nameOperator(name.trim());
  };
  return (
    <Frame heading={t("operator.heading")}>
      <form onSubmit={save}>
        <p>{t("operator.text")}</p>
        <label>
          {t("operator.name")}
          <input autoFocus required maxLength={80} value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <Buttons confirm={t("app.save")} />
      </form>
    </Frame>
  );
}

function AskToken() {
  const [token, setToken] = useState("");
  const save = (event: Event) => {
    event.preventDefault();
    rememberToken(token.trim());
    dismissDialog();
  };
  return (
    <Frame heading={t("token.heading")}>
      <form onSubmit={save}>
        <p>{t("token.text")}</p>
        <label>
          {t("token.name")}
          <input autoFocus type="password" autocomplete="off" value={token} onInput={(event) => setToken(event.currentTarget.value)} />
        </label>
        <Buttons confirm={t("app.save")} />
      </form>
    </Frame>
  );
}

interface Question {
  alert: Alert;
  heading: Key;
  label: Key;
  hint: Key;
  confirm: Key;
  required?: boolean;
  deed: (alert: Alert, text: string) => Promise<void>;
}

function AskText({ alert, heading, label, hint, confirm, required, deed }: Question) {
  const [text, setText] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() || !required) void deed(alert, text.trim());
  };
  return (
    <Frame heading={t(heading)}>
      <form onSubmit={submit}>
        <p>
          <b>{inLanguage(alert.title)}</b>
        </p>
        <label>
          {t(label)}
          <textarea autoFocus required={required ?? false} rows={4} maxLength={2000} placeholder={t(hint)} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <Buttons confirm={t(confirm)} waiting={busy.value.has(alert.id)} />
      </form>
    </Frame>
  );
}

function Help() {
  return (
    <Frame heading={t("help.heading")}>
      <dl class="keys">
        {KEYS.map(([key, words]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
      </dl>
      <Buttons />
    </Frame>
  );
}

function Buttons({ confirm, waiting }: { confirm?: string; waiting?: boolean }) {
  return (
    <div class="row-buttons end">
      <button type="button" onClick={dismissDialog}>
        {t(confirm ? "app.cancel" : "app.close")}
      </button>
      {confirm ? (
        <button type="submit" class="main" disabled={waiting ?? false}>
          {confirm}
        </button>
      ) : null}
    </div>
  );
}
