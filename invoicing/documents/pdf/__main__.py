"""Sets one document for another process: ``python -m invoicing.documents.pdf`` with a job on standard input."""

from invoicing.documents.pdf.engine import serve

if __name__ == "__main__":
    serve()
