"""What passes between the stages: Document, Block, Mention, Record, Issue.

This package imports nothing of the project, so that every stage can import it.
"""
