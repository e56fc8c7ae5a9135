"""What is drawn: valid records, mutations of them, filters, identifiers, and what a correct provider does with them.

Strategies and mutations are derived from the standards' tables. The expectations (what a filter selects, which order is
wrong) are written from the clauses alone, apart from any provider's code.
"""
