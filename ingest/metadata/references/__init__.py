"""References that people keep of their papers: BibTeX, RIS, CSL-JSON and exports of Zotero beside the files."""
