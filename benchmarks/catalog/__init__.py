"""The catalog at ten million artifacts: python -m benchmarks.catalog --help"""
