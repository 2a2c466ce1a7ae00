"""What several learners share; no module here is a learner."""
