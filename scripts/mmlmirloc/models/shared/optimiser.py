"""Adam as the torch learners use it."""

from collections.abc import Iterable


class Adam:
    """What ``torch.optim.Adam(..., fused=True)`` does, to the bit, by the same function of torch.

    Torch's own class imports its compiler, which no learner uses: over a second and a half of each job that trains,
    and more of each step of a small network.
    """

    def __init__(self, parameters: Iterable, learning_rate: float, weight_decay: float):
        self.parameters = list(parameters)
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.state: dict[int, tuple] = {}

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Change the parameters that have a gradient."""
        import torch
        from torch.optim.adam import adam

        held = [number for number, parameter in enumerate(self.parameters) if parameter.grad is not None]
        parameters = [self.parameters[number] for number in held]
        for number, parameter in zip(held, parameters):
            if number not in self.state:
                means = (torch.zeros_like(parameter, memory_format=torch.preserve_format) for _ in range(2))
                self.state[number] = *means, torch.zeros((), dtype=torch.float32)
        first, second, steps = ([self.state[number][part] for number in held] for part in range(3))
        with torch.no_grad():
            adam(
                parameters,
                [parameter.grad for parameter in parameters],
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
