"""From passages to ranked evidence: lexical leg, dense leg, fusion, snapshot."""
