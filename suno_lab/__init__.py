"""A research bench for generative song models, inside Jupyter."""
