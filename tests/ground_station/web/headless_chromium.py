"""A headless Chromium over its debugging protocol, as far as the page's test needs one."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en",
    "--window-size=1366,768",
    "--remote-debugging-port=0",
)
LISTENING = "DevTools listening on "
ANSWER_S = 30
UNTIL = """new Promise((resolve) => {
  let again = 0;
  const look = () => {
    const found = (() => (%s))();
    if (found) {
      clearInterval(again);
      resolve(found);
    }
    return found;
  };
  if (!look()) again = setInterval(look, 50);
})"""


class Tab:
    """One page of a browser. Not for use from several threads."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._asked = 0
        self.failures: list[str] = []
        self.ask("Runtime.enable")

    def ask(self, method: str, **parameters: object) -> Any:
        """One call of the protocol and its result; exceptions of the page are kept."""
        self._asked += 1
        call = {"id": self._asked, "method": method, "params": parameters}
        self._connection.send(json.dumps(call))
        asked = self._asked
        return self._next(lambda said: said.get("id") == asked)["result"]

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        self.ask("Page.enable")
        self.ask("Page.navigate", url=address)
        self._next(lambda said: said.get("method") == "Page.loadEventFired")

    def _next(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            said: dict[str, Any] = json.loads(self._connection.recv(timeout=ANSWER_S))
            if said.get("method") == "Runtime.exceptionThrown":
                self.failures.append(json.dumps(said["params"]["exceptionDetails"]))
            if wanted(said):
                return said

    def until(self, expression: str) -> Any:
        """The first value of a JavaScript expression that is true; a timeout raises."""
        return self.run(UNTIL % expression)

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited."""
        result = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def type(self, text: str) -> None:
        """Write into what has the focus."""
        self.ask("Input.insertText", text=text)


@contextmanager
def tab(program: str, profile: Path) -> Iterator[Tab]:
    """A browser of its own with one empty page."""
    with subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            line = next(line for line in process.stderr if line.startswith(LISTENING))
            place = line.removeprefix(LISTENING).strip().split("/")[2]
            targets = httpx.get(f"http://{place}/json/list", timeout=ANSWER_S).json()
            page = next(target for target in targets if target["type"] == "page")
            with connect(page["webSocketDebuggerUrl"], max_size=None) as connection:
                yield Tab(connection)
        finally:
            process.kill()
