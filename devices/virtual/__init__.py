"""The insides of the virtual printer: what bytes mean, the paper, the mechanism. Shares no code with our
encoder but the shapes of letters, so that a mistake there does not hide here.
"""
