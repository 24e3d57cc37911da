"""How one author writes things down: names, which way round examples lie, activations and cost."""

from __future__ import annotations

from dataclasses import dataclass

SLOPE_OF_A = {"sigmoid": "{a} * (1 - {a})", "tanh": "1 - {a} ** 2", "relu": "({a} > 0)"}
VALUE = {
    "sigmoid": "1 / (1 + np.exp(-{z}))",
    "tanh": "np.tanh({z})",
    "relu": "np.maximum({z}, 0)",
    "identity": "{z}",
}


@dataclass(frozen=True)
class Writing:
    """The words of one author.

    Patterns take a layer's place k, counted from 1 for the first layer after the input. ``columns`` says
    whether an example is a column; ``slopes`` whether σ′ is a function of z (``"prime"``) or is
    written from a (``"formula"``). ``mean`` divides by m in the output error.
    """

    columns: bool
    hidden: str = "sigmoid"
    output: str = "sigmoid"
    cost: str = "quadratic"
    mean: bool = False
    slopes: str = "prime"
    w: str = "w{k}"
    b: str = "b{k}"
    z: str = "z{k}"
    a: str = "a{k}"
    d: str = "d{k}"
    x: str = "x"
    y: str = "y"
    dw: str = "dw{k}"
    db: str = "db{k}"
    keepdims: bool = True
    l2: str = ""

    def act(self, k: int) -> str:
        """The activation of place k; place 0 is the input."""
        return self.x if k == 0 else self.a.format(k=k)

    def weighted(self, k: int) -> str:
        """The weighted input of place k."""
        return self.z.format(k=k)

    def forward(self, k: int, last: int) -> list[str]:
        """The lines of one layer's forward pass."""
        product = (
            f"np.dot({self.w.format(k=k)}, {self.act(k - 1)})"
            if self.columns
            else f"np.dot({self.act(k - 1)}, {self.w.format(k=k)})"
        )
        z, name = self.weighted(k), self.output if k == last else self.hidden
        lines = [f"{z} = {product} + {self.b.format(k=k)}"]
        if name == "softmax":
            axis = 0 if self.columns else 1
            return [
                *lines,
                f"e = np.exp({z} - {z}.max(axis={axis}, keepdims=True))",
                f"{self.act(k)} = e / e.sum(axis={axis}, keepdims=True)",
            ]
        return [*lines, f"{self.act(k)} = {VALUE[name].format(z=z)}"]

    def slope(self, k: int, last: int) -> str:
        """σ′ at place k."""
        name = self.output if k == last else self.hidden
        if self.slopes == "prime":
            return f"{name}_prime({self.weighted(k)})"
        return f"({SLOPE_OF_A[name].format(a=self.act(k))})"

    @property
    def examples(self) -> str:
        """m."""
        return f"{self.x}.shape[{1 if self.columns else 0}]"


HELPERS = {
    "sigmoid": "def sigmoid_prime(z):\n    s = 1 / (1 + np.exp(-z))\n    return s * (1 - s)\n",
    "tanh": "def tanh_prime(z):\n    return 1 - np.tanh(z) ** 2\n",
    "relu": "def relu_prime(z):\n    return (z > 0) * 1.0\n",
}
