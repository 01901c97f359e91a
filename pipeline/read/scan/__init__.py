"""Pictures of pages -> Pages: pages of a PDF without a usable text layer, PNG, JPEG and TIFF files.

    layer.py           is a page's text layer worth keeping?
    camera.py          a page -> its Photograph (photograph.py)
    straighten.py      Photograph -> an upright, straight, clean grey picture, and the way back to the page
    rulings_image.py   the ruling lines of that picture
    lines.py           its printed lines, each as the pieces of ink that make it up
    ocr.py             tesseract
    reading.py         a printed line -> words with boxes and confidence
    strokes.py         what shapes prove: raised figures, Roman numerals
    type_size.py       words -> font size and weight
    slips.py           known misreadings, mended where the context proves them
    context.py         marks over letters that the rest of the document proves wrong
    page.py            Photograph -> Page, all of these in order
    worker.py          a process that does so; workers.py starts and watches them
    images.py          image files

`workers` starts `python -m pipeline.read.scan.worker`, so that a page on which tesseract hangs can be
ended, and so that nothing is forked under the threads of Arrow. This file imports nothing: the worker
processes need no PDF library, which takes longer to import than a page takes to read.
"""
