"""What the place can show where text goes: width, colour, Unicode."""

from __future__ import annotations

from dataclasses import dataclass

COLOURS = {
    "pass": "1;32",
    "right": "32",
    "yes": "32",
    "fail": "1;31",
    "wrong": "31",
    "no": "1;31",
    "inconclusive": "33",
    "kink": "36",
    "error": "1;35",
    "timeout": "1;35",
}
ASCII = str.maketrans(
    {
        "σ": "sigma",
        "δ": "delta",
        "Δ": "Delta",
        "ε": "epsilon",
        "η": "eta",
        "λ": "lambda",
        "∂": "d",
        "∇": "grad",
        "Σ": "sum",
        "⊙": "*",
        "·": ".",
        "×": "x",
        "±": "+/-",
        "−": "-",
        "–": "-",
        "—": "-",
        "…": "...",
        "′": "'",
        "²": "^2",
        "³": "^3",
        "¹": "^1",
        "ᵀ": "^T",
        "ᴸ": "^L",
        "ˡ": "^l",
        "½": "1/2",
        "√": "sqrt",
        "‖": "|",
        "≤": "<=",
        "≥": ">=",
        "≈": "~",
        "∝": "~",
        "→": "->",
        "µ": "u",
        "•": "*",
        "░": ":",
        "▒": "+",
        "▓": "#",
        "█": "@",
    }
)


@dataclass(frozen=True)
class Screen:
    """Where text goes: its width in columns, whether it shows colour, and whether it shows more than ASCII."""

    width: int = 100
    colour: bool = False
    unicode: bool = True

    def painted(self, text: str, word: str = "") -> str:
        """*text* in the colour that belongs to *word* (by default to itself)."""
        code = COLOURS.get(word or text)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def bold(self, text: str) -> str:
        """A heading."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def shown(self, text: str) -> str:
        """*text* in the characters that there are."""
        if self.unicode:
            return text
        return text.translate(ASCII).encode("ascii", "backslashreplace").decode("ascii")
