"""Views of a sequence. One module per kind, with a class ``View`` that derives from :class:`mmlmirloc.views.base.View`.

Modules are imported while the workflow is planned: heavy libraries belong inside functions.
"""
