"""PDFs with a text layer → text and what their pages show of it. Read by PDFium (pypdfium2).

`library` (PDFium) → `glyphs` (runs of a page) → `rows` → `furniture` (what stands around the text) → `columns` → `margins`,
`paragraphs` → `layout` (lines and marks) → `reader` (refusals, properties).
"""

from jianghua.corpus.formats.pdf.reader import extract_pdf

__all__ = ["extract_pdf"]
