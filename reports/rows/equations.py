"""The chapter's equations, to be shown beside the fault that breaks one."""

from __future__ import annotations

import re

EQUATIONS = {
    "BP1": "δᴸ = ∇ₐC ⊙ σ′(zᴸ)",
    "BP2": "δˡ = ((wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)",
    "BP3": "∂C/∂bˡⱼ = δˡⱼ",
    "BP4": "∂C/∂wˡⱼₖ = aˡ⁻¹ₖ δˡⱼ",
    "Eq. 46": "∂C/∂wⱼ ≈ (C(w + ε eⱼ) − C(w)) / ε",
    "Eq. 53": "∂C/∂wˡⱼₖ = Σ ∂C/∂aᴸₘ · ∂aᴸₘ/∂aᴸ⁻¹ₙ ⋯ ∂aˡⱼ/∂wˡⱼₖ",
}


def written_out(text: str) -> tuple[tuple[str, str], ...]:
    """Name and formula of each equation that *text* names: ``BP2``, ``BP1-BP4``, ``Eq. 46``."""
    named = set(re.findall(r"BP[1-4]|Eq\. \d+", text))
    for first, last in re.findall(r"BP([1-4])\s*[-–]\s*BP([1-4])", text):
        named |= {f"BP{number}" for number in range(int(first), int(last) + 1)}
    return tuple((name, formula) for name, formula in EQUATIONS.items() if name in named)
