"""The example of docs/scenarios.md runs as it stands in a project that has nothing but Qyran."""

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "scenarios.md"


def test_the_pages_example_passes_where_it_is_copied_to(tmp_path: Path) -> None:
    example = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "test_copied.py").write_text("\n\n".join(example), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--fleet-logs", "l"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    assert "4 passed" in ended.stdout
    assert (tmp_path / "l" / "test_my_autonomy" / "qyran-1.tlog").stat().st_size > 10_000
