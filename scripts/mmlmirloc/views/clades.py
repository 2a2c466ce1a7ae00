"""Which species of miRBase belong to which clade, by miRBase's three-letter code of the organism."""

from mmlmirloc.species import HUMAN

# From near to far of human. Species whose code is not here (plants, viruses, most invertebrates) are not looked at: a
# human hairpin has no homolog there.
CLADES = {
    "apes": "ptr ppa ggo ppy nle ssy",
    "monkeys": "mml mne pha cja sbo sla age lla pbi",
    "prosimians": "mmr dma lca oga",
    "rodents and relatives": "mmu rno cgr cpo ocu tch",
    "hoofed mammals, carnivores and bats": "bta eca cfa ssc chi oar efu pal aja",
    "armadillo": "dno",
    "marsupials": "mdo sha meu",
    "platypus": "oan",
    "birds": "gga cli tgu apl",
    "reptiles": "aca cpi ami pbv oha",
    "frogs": "xtr xla",
    "fishes": "dre oni gmo ssa abu ipu mze nbr pny ola ccr tni fru hhi pol eel",
    "lamprey": "pma",
    "other deuterostomes": "cin csa odi bfl bbe sko spu lva pmi xbo",
    "protostomes": "dme aga aae tca bmo ame nvi api dpu isc cel cbr asu bma cte lgi sme sma",
}
CLADE_OF = {species: clade for clade, codes in CLADES.items() for species in codes.split()}
# Species with many hairpins, whose own nearest homolog is a feature: how complete miRBase is differs between them.
KEY_SPECIES = (
    *("ptr", "ppy", "ggo", "mml", "cja", "mmu", "rno", "cpo", "ocu", "bta", "eca", "cfa", "ssc", "efu", "dno"),
    *("mdo", "oan", "gga", "aca", "xtr", "dre"),
)
# Human's own clade, where another species is predicted.
APES = "apes"


def clade_of_others(own: str) -> dict[str, str]:
    """Return species -> clade, for all species that are looked at beside the predicted one, ``own``."""
    return {species: clade for species, clade in {**CLADE_OF, HUMAN: APES}.items() if species != own}


def key_species(own: str) -> tuple[str, ...]:
    """Return :data:`KEY_SPECIES`, with human in the place of the predicted species, ``own``."""
    return tuple(HUMAN if species == own else species for species in KEY_SPECIES)
