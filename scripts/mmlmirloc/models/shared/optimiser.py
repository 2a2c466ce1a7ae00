"""Adam as the torch learners use it."""

from collections.abc import Iterable, Sequence

# Torch's fused step works through a tensor by vectors of so many numbers, and rounds what is left over in another way.
VECTOR = 16


class Adam:
    """What ``torch.optim.Adam(..., fused=True)`` does, to the bit, by the same function of torch.

    Torch's own class imports its compiler when one is made (github.com/pytorch/pytorch/pull/162595 names the cost of
    that import), which no learner uses: a second and a half of each job that trains, with torch 2.13. Nor can it let
    single networks go, or keep one from changing how another is rounded.

    Parameters
    ----------
    parameters : iterable of torch.nn.Parameter
        What is changed.
    learning_rate, weight_decay : float
        As torch has them.
    networks : bool
        Whether the first axis of each parameter is that of networks, none of which may change how another is rounded.
    """

    def __init__(self, parameters: Iterable, learning_rate: float, weight_decay: float, networks: bool = False):
        self.parameters = list(parameters)
        self.learning_rate, self.weight_decay, self.networks = learning_rate, weight_decay, networks
        self.means: dict[int, tuple] = {}  # of the gradients and of their squares
        self.steps: dict[int, list] = {}

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def keep(self, places: Sequence[int]) -> None:
        """Forget what is remembered of all networks but those at these places."""
        for number, means in self.means.items():
            self.means[number] = tuple(mean[list(places)] for mean in means)
            # All have made as many steps.
            self.steps[number] = self.steps[number][: len(places)]

    def step(self) -> None:
        """Change the parameters that have a gradient."""
        import torch
        from torch.optim.adam import adam

        changed, gradients, first, second, steps = [], [], [], [], []
        for number, parameter in enumerate(self.parameters):
            if parameter.grad is None:
                continue
            if number not in self.means:
                self.means[number] = tuple(
                    torch.zeros_like(parameter, memory_format=torch.preserve_format) for _ in range(2)
                )
                self.steps[number] = [torch.zeros((), dtype=torch.float32) for _ in self._pieces(parameter)]
            changed += self._pieces(parameter.detach())
            gradients += self._pieces(parameter.grad)
            first += self._pieces(self.means[number][0])
            second += self._pieces(self.means[number][1])
            steps += self.steps[number]
        with torch.no_grad():
            adam(
                changed,
                gradients,
                first,
                second,
                [],
                steps,
                fused=True,
                amsgrad=False,
                beta1=0.9,
                beta2=0.999,
                lr=self.learning_rate,
                weight_decay=self.weight_decay,
                eps=1e-8,
                maximize=False,
            )

    def _pieces(self, tensor) -> list:
        """Return the tensor, divided by networks where one of them would not end with a vector."""
        if self.networks and tensor[0].numel() % VECTOR:
            return list(tensor.unbind(0))
        return [tensor]
