/** The links to the drones: small while all is well, open at a glance when something is not. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type LinkFact, links as readLinks, type Links, type VehicleLink } from "../hub/api";
import { age, named, percent, t } from "../language";
import { vehicles } from "../state/store";
import { SigningKey } from "./SigningKey";

const READ_EVERY_MS = 3000;
const POOR_LOSS = 0.1;
/** What a link dropped or refused, as its counters call it; anything above zero is shown. */
const REFUSALS = ["bad_crc", "unknown", "forged", "replayed", "unsigned", "refused_peers", "send_errors", "overflow"];

const known = signal<Links | null>(null);

export function LinkPanel() {
  useEffect(() => {
    const read = async () => {
      const answer = await readLinks();
      if (answer.ok) known.value = answer.value;
    };
    void read();
    const timer = window.setInterval(() => void read(), READ_EVERY_MS);
    return () => window.clearInterval(timer);
  }, []);
  const now = known.value;
  if (now === null || now.links.length === 0) return null;
  const open = now.links.filter((link) => link.state === "open").length;
  const twins = now.stations.filter((station) => station.shares_our_id);
  const failing = now.recording?.state === "failing" ? now.recording.why : null;
  return (
    <details class="panel link-panel">
      <summary class={open < now.links.length || twins.length > 0 || failing !== null ? "poor" : ""}>
        {t("links.heading")}{" "}
        <span class="count">
          {open}/{now.links.length}
        </span>
        {now.signing ? <small> {t("links.signed")}</small> : null}
      </summary>
      {twins.map((station) => (
        <p class="poor" key={station.component_id}>
          ! {t("links.twin", { id: `${station.system_id}/${station.component_id}` })}
        </p>
      ))}
      {failing === null ? null : <p class="poor">! {t("links.recording_failing", { why: failing })}</p>}
      {now.links.map((link) => (
        <LinkRow key={link.address} link={link} />
      ))}
      {now.vehicles.map((reached) => (
        <VehicleRow key={reached.system_id} reached={reached} />
      ))}
    </details>
  );
}

function VehicleRow({ reached }: { reached: VehicleLink }) {
  const { system_id, loss, peer } = reached;
  const vehicle = vehicles.value.get(system_id);
  return (
    <div class="vehicle-link">
      <p class={loss !== null && loss > POOR_LOSS ? "poor" : ""} title={peer}>
        <b>{vehicle?.name ?? system_id}</b> {t("links.loss")} {loss === null ? "—" : percent(loss)}
      </p>
      {vehicle === undefined ? null : <SigningKey vehicle={vehicle} state={reached.key} />}
    </div>
  );
}

function LinkRow({ link }: { link: LinkFact }) {
  const refused = REFUSALS.filter((name) => (link.counters[name] ?? 0) > 0);
  return (
    <p class={link.state === "open" ? "" : "poor"} title={link.peers.join(", ")}>
      <code>{link.address}</code> {named("link", link.state)} {age(link.for_s)}
      {link.why === "" ? null : ` · ${link.why}`}
      {refused.length === 0 ? null : (
        <small> {refused.map((name) => `${named("refused", name)} ${link.counters[name]}`).join(" · ")}</small>
      )}
    </p>
  );
}
