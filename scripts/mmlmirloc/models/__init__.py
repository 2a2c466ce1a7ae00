"""Learners. One module per learner; a module declares ``KIND = True`` and a class ``Learner``
that follows :class:`mmlmirloc.models.protocol.Learner`.

Modules are imported while the workflow is planned: heavy libraries belong inside functions.
"""
