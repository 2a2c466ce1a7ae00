"""Take the pictures of the page that the documentation shows: resources/screenshots/{form,results,attributions}.png.

With the model that is shipped.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from browsing import chromium, served  # noqa: E402
from PIL import Image  # noqa: E402

from mmlmirloc.predicting import Predictor  # noqa: E402
from mmlmirloc.serving.app import create_app  # noqa: E402

FOLDER = ROOT / "resources/screenshots"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        served(create_app(Predictor.load())) as address,
        chromium(viewport={"width": 1100, "height": 860}) as context,
    ):
        page = context.new_page()
        page.goto(address)
        page.get_by_role("button", name="Fill in an example").click()
        page.screenshot(path=FOLDER / "form.png", full_page=True)
        page.get_by_role("button", name="Predict").click()
        page.get_by_role("heading", name="Results", exact=True).wait_for()
        page.set_viewport_size({"width": 1100, "height": 1100})
        page.screenshot(path=FOLDER / "results.png")
        with context.expect_page() as opened:
            page.get_by_role("button", name="Which bases matter in example-hsa-mir-21").click()
        page = opened.value
        page.get_by_role("heading", name="Which bases of example-hsa-mir-21 matter").wait_for()
        page.locator("section[aria-labelledby=attributions]").screenshot(path=FOLDER / "attributions.png")
    shrink(FOLDER / "attributions.png")


def shrink(path: Path) -> None:
    """Keep 256 colours of a picture, which is half as large then; rare ones, such as those of the legend, count too."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


if __name__ == "__main__":
    main()
