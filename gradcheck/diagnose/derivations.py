"""Where the equations come from, in the chapter's notation, for whoever broke one of them."""

from __future__ import annotations

DERIVATIONS = {
    "BP1": """\
BP1: the output error, δᴸ = ∇ₐC ⊙ σ′(zᴸ)

The error of output neuron j is δᴸⱼ = ∂C/∂zᴸⱼ. A change in zᴸⱼ reaches the cost only through that
neuron's own activation aᴸⱼ = σ(zᴸⱼ), so the chain rule has one term:
    δᴸⱼ = ∂C/∂aᴸⱼ · ∂aᴸⱼ/∂zᴸⱼ = ∂C/∂aᴸⱼ · σ′(zᴸⱼ).
For the quadratic cost C = ½ Σⱼ (aᴸⱼ − yⱼ)² the first factor is aᴸⱼ − yⱼ. For cross-entropy on sigmoid
outputs it is (aᴸⱼ − yⱼ) / (aᴸⱼ (1 − aᴸⱼ)), whose denominator is σ′(zᴸⱼ): the two cancel, and δᴸ = aᴸ − y.""",
    "BP2": """\
BP2: one layer back, δˡ = ((wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)

zˡⱼ influences the cost through every weighted input of the next layer, so the chain rule is a sum:
    δˡⱼ = ∂C/∂zˡⱼ = Σₖ ∂C/∂zˡ⁺¹ₖ · ∂zˡ⁺¹ₖ/∂zˡⱼ = Σₖ δˡ⁺¹ₖ · ∂zˡ⁺¹ₖ/∂zˡⱼ.
From zˡ⁺¹ₖ = Σⱼ wˡ⁺¹ₖⱼ σ(zˡⱼ) + bˡ⁺¹ₖ follows ∂zˡ⁺¹ₖ/∂zˡⱼ = wˡ⁺¹ₖⱼ σ′(zˡⱼ), hence
    δˡⱼ = Σₖ wˡ⁺¹ₖⱼ δˡ⁺¹ₖ · σ′(zˡⱼ).
The sum runs over the first index of w: that is the transpose. The slope is that of layer l, taken at
zˡ, once. All weights in it are those of the forward pass.""",
    "BP3": """\
BP3: the biases, ∂C/∂bˡⱼ = δˡⱼ

bˡⱼ enters zˡⱼ = Σₖ wˡⱼₖ aˡ⁻¹ₖ + bˡⱼ with derivative 1 and nothing else, so
    ∂C/∂bˡⱼ = ∂C/∂zˡⱼ · ∂zˡⱼ/∂bˡⱼ = δˡⱼ · 1.
There is one number for each neuron. Over a mini-batch only the examples are gathered, never the neurons.""",
    "BP4": """\
BP4: the weights, ∂C/∂wˡⱼₖ = aˡ⁻¹ₖ δˡⱼ

wˡⱼₖ enters zˡⱼ = Σₖ wˡⱼₖ aˡ⁻¹ₖ + bˡⱼ multiplied by aˡ⁻¹ₖ and enters no other weighted input, so
    ∂C/∂wˡⱼₖ = ∂C/∂zˡⱼ · ∂zˡⱼ/∂wˡⱼₖ = δˡⱼ aˡ⁻¹ₖ.
As a matrix this is the outer product δˡ (aˡ⁻¹)ᵀ, of the shape of wˡ: the error at the weight's end, the
activation at its start.""",
    "L2": """\
L2 regularisation: C = C₀ + (λ/2) Σ w²

The sum runs over the weights, not the biases. Its derivative by one weight is
    ∂/∂w (λ/2) w² = λ w,
the 2 of the square cancelling the ½. So λ wˡ is added to ∂C₀/∂wˡ, once for the whole mini-batch,
nothing is added to ∂C₀/∂bˡ, and errors travel back as if there were no such term.""",
    "softmax": """\
Softmax: aᴸᵢ = exp(zᴸᵢ) / Σₖ exp(zᴸₖ)

Every output depends on every weighted input. By the quotient rule
    ∂aᴸᵢ/∂zᴸⱼ = aᴸᵢ (1 − aᴸᵢ) if i = j, and −aᴸᵢ aᴸⱼ otherwise,
so δᴸⱼ = Σᵢ ∂C/∂aᴸᵢ · ∂aᴸᵢ/∂zᴸⱼ = aᴸⱼ (∂C/∂aᴸⱼ − Σᵢ aᴸᵢ ∂C/∂aᴸᵢ): a sum over all outputs, no elementwise
product. For the log-likelihood cost −Σᵢ yᵢ ln aᴸᵢ with Σᵢ yᵢ = 1 it becomes δᴸ = aᴸ − y.""",
    "mini-batch": """\
A mini-batch: C = (1/m) Σₓ Cₓ

The derivative of a sum is the sum of the derivatives:
    ∂C/∂w = (1/m) Σₓ ∂Cₓ/∂w.
Every example counts exactly once, each with its own δ and its own a, and 1/m stands once: before all
weights and all biases if the cost is a mean, before none of them if it is a sum.""",
    "cost": """\
One cost for both: the gradient is that of the cost which is reported

Constants in the cost are constants in the gradient: C = Σ (a − y)² has the derivative 2 (a − y), ½ Σ (a − y)²
has a − y; a mean over m examples or n outputs has 1/m or 1/n; a logarithm to base 2 has 1/ln 2. The sign is
that of growing cost: descending is what w ← w − η ∂C/∂w does with it.""",
}


def derivation(equation: str) -> str:
    """The derivation of ``BP1`` to ``BP4``, ``L2``, ``softmax``, ``mini-batch`` or ``cost``; or of several.

    Args:
        equation: a name, or several as in a diagnosis (``"BP3, BP4"``); empty gives an empty text.

    Raises:
        ValueError: a name that has no derivation.
    """
    names = [name.strip() for name in equation.split(",") if name.strip()]
    unknown = [name for name in names if name not in DERIVATIONS]
    if unknown:
        raise ValueError(f"There is no derivation of {unknown[0]!r}, only of {', '.join(DERIVATIONS)}.")
    return "\n\n".join(DERIVATIONS[name] for name in names)
