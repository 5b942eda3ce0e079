/** The shell around `HubLink`: owns the WebSocket, the timer and the probe by HTTP. */

import { hubIsWell } from "./api";
import { HubLink } from "./link";
import type { Message } from "./types";

const TICK_MS = 250;

export class HubStream {
  readonly link = new HubLink();
  private socket: WebSocket | null = null;

  constructor(
    private readonly onMessage: (message: Message) => void,
    private readonly onLinkChange: (link: HubLink) => void,
  ) {}

  start(): void {
    window.setInterval(() => this.tick(), TICK_MS);
    this.tick();
  }

  retryNow(): void {
    this.link.retryNow(seconds());
    this.tick();
  }

  private tick(): void {
    for (const action of this.link.tick(seconds())) {
      if (action === "connect") this.connect();
      if (action === "probe") void this.probe();
      if (action === "drop") this.lose();
    }
    this.onLinkChange(this.link);
  }

  private connect(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/stream`);
    this.socket = socket;
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.link.received(seconds());
      this.onMessage(JSON.parse(event.data) as Message);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lose();
    };
  }

  private async probe(): Promise<void> {
    const socket = this.socket;
    if ((await hubIsWell()) && socket === this.socket) this.link.received(seconds());
  }

  private lose(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.link.closed(seconds());
    this.onLinkChange(this.link);
  }
}

function seconds(): number {
  return performance.now() / 1000;
}
