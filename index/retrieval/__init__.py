"""The two legs: BM25 over words, cosines over vectors."""
