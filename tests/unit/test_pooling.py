import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.models.shared.pooling import pooled

# Two rows of four positions and two columns; of the first row two positions are filled, of the second none. What lies
# in the padding must not matter.
VALUES = np.array([[[1.0, -2.0], [3.0, -6.0], [9.0, 9.0], [-9.0, 9.0]], [[7.0, 7.0]] * 4], dtype=np.float32)
SEMANTIC = Features(VALUES, np.array([2, 0]))


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        # Over the two filled positions: (1 + 3) / 2 and (-2 - 6) / 2.
        ("mean_filled", [2, -4]),
        # Over all four: 4 / 4 and -8 / 4.
        ("mean_all", [1, -2]),
        # Padding, which is neither above nor below what is filled, does not count.
        ("maximum", [3, -2]),
        ("minimum", [1, -6]),
        # The mean of each position's two columns.
        ("channels", [-0.5, -1.5, 0, 0]),
        ("flatten", [1, -2, 3, -6, 0, 0, 0, 0]),
        ("mean_all+maximum", [1, -2, 3, -2]),
        ("minimum+mean_filled+channels", [1, -6, 2, -4, -0.5, -1.5, 0, 0]),
    ],
)
def test_pooling_by_hand(pooling, expected):
    (found,) = pooled({"semantic": SEMANTIC}, {"semantic": pooling})
    assert found.dtype == np.float32
    assert found.tolist() == [expected, [0] * len(expected)]


def test_each_view_has_its_own_pooling_and_one_without_positions_needs_none():
    lexical = Features(np.array([[1.0, 2.0], [3.0, 4.0]]))
    found = pooled(
        {"syntactic": SEMANTIC, "lexical": lexical, "semantic": SEMANTIC},
        {"semantic": "maximum", "syntactic": "mean_all"},
    )
    assert [view[0].tolist() for view in found] == [[1, -2], [1, 2], [3, -2]]


def test_the_shapes_of_the_paper():
    # 120 words of 256 numbers, 105 bases of 120 numbers.
    syntactic = Features(np.zeros((3, 120, 256), dtype=np.float32), np.array([120, 80, 1]))
    semantic = Features(np.zeros((3, 105, 120), dtype=np.float32), np.array([105, 80, 1]))
    views = {"syntactic": syntactic, "semantic": semantic}
    shapes = [view.shape for view in pooled(views, {"syntactic": "mean_all+maximum", "semantic": "channels"})]
    assert shapes == [(3, 512), (3, 105)]
    assert [view.shape for view in pooled(views, dict.fromkeys(views, "flatten"))] == [(3, 30720), (3, 12600)]


def test_a_view_by_position_without_a_pooling_is_named():
    with pytest.raises(InputError, match="No pooling for the view 'semantic'") as caught:
        pooled({"semantic": SEMANTIC}, {"syntactic": "maximum"})
    assert "mean_filled, mean_all, maximum, minimum, channels, flatten, joined by +" in caught.value.expected
