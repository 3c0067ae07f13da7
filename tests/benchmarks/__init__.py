"""How fast it is, beside naive SymPy and symengine in the same run: `python -m tests.benchmarks`."""
