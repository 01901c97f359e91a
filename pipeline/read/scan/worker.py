"""A process that reads photographs from a connection and sends back pages, until the connection closes.

Started by `workers` as `python -m pipeline.read.scan.worker FD`.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

import cv2

from pipeline.read.scan.ocr import Engine
from pipeline.read.scan.page import read_photograph


def main(descriptor: int) -> None:
    cv2.setNumThreads(1)
    connection = Connection(descriptor)
    engine: Engine | None = None
    while True:
        try:
            photo = connection.recv()
        except EOFError:
            return
        try:
            engine = engine or Engine()
            connection.send(read_photograph(photo, engine))
        except Exception as error:  # whatever is wrong with one page must not end the others
            connection.send(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
