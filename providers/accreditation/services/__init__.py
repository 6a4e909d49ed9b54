"""The verbs of accreditation: showing evidence, applying, vouching, deciding, suspending."""
