"""Fonts and looks of the flight brief. The fonts travel with the product: PDF's own ones have no
Kazakh or Russian letters, and no machine need have any."""

from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import Any

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, PALE = "#1b2530", "#eef2f5"


class BriefStyle:
    """Fonts and the looks of text and tables."""

    def __init__(self) -> None:
        from reportlab.lib.styles import ParagraphStyle

        self.regular, self.bold = _fonts()
        sizes = {"title": 18.0, "head": 12.0, "body": 9.0, "small": 8.5, "cell": 7.5}
        self._styles = {
            name: ParagraphStyle(
                name,
                fontName=self.bold if name in ("title", "head") else self.regular,
                fontSize=size,
                leading=size * 1.3,
                textColor=INK,
                spaceBefore=8.0 if name == "head" else 0.0,
                spaceAfter=3.0 if name == "head" else 0.0,
            )
            for name, size in sizes.items()
        }

    def text(self, said: str, kind: str, colour: str | None = None) -> Any:
        """One paragraph; markup in it is text."""
        from xml.sax.saxutils import escape

        from reportlab.platypus import Paragraph

        shown = escape(_printable(said, self.regular))
        return Paragraph(
            f'<font color="{colour}">{shown}</font>' if colour else shown, self._styles[kind]
        )

    def table(
        self,
        rows: list[list[str]],
        widths_mm: Sequence[float],
        *,
        header: bool = True,
        colours: Sequence[str] = (),
    ) -> Any:
        """A table that goes on over pages; `colours` are those of the first cell of each row."""
        from reportlab.lib.units import mm
        from reportlab.platypus import LongTable, TableStyle

        first = 1 if header else 0
        cells = [
            [
                self.text(
                    cell, "cell", colours[r - first] if c == 0 and r >= first and colours else None
                )
                for c, cell in enumerate(row)
            ]
            for r, row in enumerate(rows)
        ]
        looks: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.25, "#c5ced6"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ]
        if header:
            looks.append(("BACKGROUND", (0, 0), (-1, 0), PALE))
        return LongTable(
            cells,
            colWidths=[width * mm for width in widths_mm],
            repeatRows=first,
            hAlign="LEFT",
            style=TableStyle(looks),
        )

    def footer(self, canvas: Any, document: Any) -> None:
        """The page's number."""
        canvas.saveState()
        canvas.setFont(self.regular, 7.5)
        canvas.setFillColor(INK)
        canvas.drawRightString(document.pagesize[0] - 42.5, 24.0, f"Qyran · {document.page}")
        canvas.restoreState()


def _fonts() -> tuple[str, str]:
    """The names of the regular and the bold font, registered with reportlab."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = files("missions") / "data" / "fonts"
    for name in (REGULAR, BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            with as_file(folder / f"{name}.ttf") as path:
                pdfmetrics.registerFont(TTFont(name, str(path)))
    return REGULAR, BOLD


def _printable(text: str, font: str) -> str:
    """Without what XML cannot hold; what the font has no sign for is shown as such."""
    from reportlab.pdfbase import pdfmetrics

    kept = "".join(c for c in text if c >= " " and not "\ud800" <= c <= "\udfff")
    known = pdfmetrics.getFont(font).face.charToGlyph
    return "".join(c if ord(c) in known else "\ufffd" for c in kept)
