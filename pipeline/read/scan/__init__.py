"""Pictures of pages -> Pages: pages of a PDF without a usable text layer, PNG, JPEG and TIFF files.

    photograph.py      a page as pixels
    layer.py           is a page's text layer worth keeping?
    straighten.py      pixels -> an upright, straight, clean grey picture, and the way back
    rulings_image.py   ruling lines of that picture
    ocr.py             tesseract: picture -> words with boxes and confidence
    type_size.py       words -> font sizes and weight
    slips.py           known misreadings, mended where the context proves them
    page.py            all of these in order: Photograph -> Page
    workers.py         pages of a document, read by processes
    images.py          image files

`workers` starts `python -m pipeline.read.scan.worker`, so that a page on which tesseract hangs can be
ended, and so that nothing is forked under the threads of Arrow. This file imports nothing: the worker
processes need no PDF library, which takes longer to import than a page takes to read.
"""
