.PHONY: help demo test check setup dev clean lock

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

demo: setup  ## install what is needed, then ask the demo recording something worth asking
	@scripts/demo

test: dev  ## format, lint, types, import layers and all tests
	@scripts/check

setup:
	@scripts/setup

dev:
	@scripts/setup dev

lock:  ## pin the requirements anew (needs uv)
	uv pip compile pyproject.toml build.in --extra models --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header --no-annotate -o requirements.txt
	uv pip compile pyproject.toml --group dev --extra models --extra m4a --extra llm --extra anthropic --extra google -c requirements.txt --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header --no-annotate -o requirements-dev.txt

clean:  ## remove what was installed and built here
	rm -rf .venv build dist demo.png
