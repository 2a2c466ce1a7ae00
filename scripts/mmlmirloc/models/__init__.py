"""Learners. One module per learner, with a class ``Learner`` that derives from :class:`mmlmirloc.models.base.Learner`;
what several share is in ``shared``.

Modules are imported while the workflow is planned: heavy libraries belong inside functions.
"""
