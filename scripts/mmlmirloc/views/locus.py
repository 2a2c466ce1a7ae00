"""Control: whether a hairpin lies in one stretch of the genome. No model of ours may use it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mmlmirloc.declarations import Setting
from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.job import logger
from mmlmirloc.sources import coordinates
from mmlmirloc.views import base


class View(base.View):
    """Whether a hairpin lies in a stretch of a chromosome.

    The build of the genome and a hairpin that lies in the stretch tell coordinates of another genome.
    """

    SETTINGS = (
        Setting("chromosome", str, "name of the chromosome in the coordinates", minimum=1),
        Setting("start", int, "first base of the stretch, counted from 1", minimum=1),
        Setting("end", int, "last base of the stretch", minimum=1),
        Setting("build", str, "build of the genome that the places are of, such as GRCh38; empty for any"),
        Setting("landmark", str, "accession of a hairpin that lies in the stretch; empty for none"),
    )
    NEEDS = ("coordinates",)
    OF_SPECIES = True

    def compute_records(self, records: pd.DataFrame, sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Return 1 for a record whose hairpin lies in the stretch, else 0.

        Parameters
        ----------
        records : pandas.DataFrame
            Columns accession, name, sequence.
        sources : mapping
            ``coordinates``: miRBase's GFF3.

        Returns
        -------
        Features
            float32, shape (n, 1).

        Raises
        ------
        InputError
            When the coordinates cannot be read, or are of another species or build of the genome.
        """
        path = sources["coordinates"]
        found = coordinates.read(path, self.prefix)
        inside = self._inside(found.places)
        self._check_genome(found, set(inside["accession"]), path)
        return Features(records["accession"].isin(set(inside["accession"])).to_numpy(dtype=np.float32)[:, None])

    def _inside(self, places: pd.DataFrame) -> pd.DataFrame:
        return places[
            (places["chromosome"] == coordinates.chromosome_name(str(self.settings["chromosome"])))
            & (places["end"] >= self.settings["start"])
            & (places["start"] <= self.settings["end"])
        ]

    def _check_genome(self, found: coordinates.Coordinates, inside: set[str], path: str) -> None:
        """Refuse coordinates of another build; warn where the stretch holds no hairpin."""
        stretch = "{chromosome}:{start}-{end}".format(**self.settings)
        build, landmark = self.settings.get("build", ""), self.settings.get("landmark", "")
        told = f" (the file says {found.build})" if found.build else ""
        if build and found.build and not coordinates.same_build(build, found.build):
            what = f"The coordinates are of the genome build {found.build}"
        elif landmark in set(found.places["accession"]) - inside:
            place = found.places.set_index("accession").loc[[landmark]].iloc[0]
            what = (
                f"The coordinates are of another genome build, or name chromosomes otherwise{told}: {landmark} lies at "
                f"{place['chromosome']}:{place['start']}, outside of {stretch}"
            )
        else:
            if not inside:
                logger.warning("No hairpin lies in %s by %s%s: the view is 0 for every record", stretch, path, told)
            return
        raise InputError(
            what,
            path,
            f"coordinates of the build {build}" if build else f"coordinates with {landmark} in {stretch}",
            "give coordinates of that build in sources: coordinates, or the stretch in these coordinates in the views "
            "of the kind locus of config/views.yaml",
        )
