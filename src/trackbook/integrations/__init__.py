"""Callbacks, loggers and trackers for those who would rather say it: one file per library.

Each imports its library when it is imported itself:

    from trackbook.integrations.keras import TrackbookCallback
"""
