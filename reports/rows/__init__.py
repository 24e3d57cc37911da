"""All wording of the reports: a result in, a document out."""

from reports.rows.documents import document

__all__ = ["document"]
